import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.models.request


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_passes'),
        ('requests_app', '0007_moves'),
    ]

    operations = [
        migrations.AlterField(
            model_name='caseexception',
            name='kind',
            field=models.CharField(choices=[('needs_routing', 'Nobody can decide this'), ('no_calendar', 'No service hours are set'), ('no_target', 'No target time is set'), ('no_team', 'No team serves this'), ('sync_rejected', 'The purchasing system refused the order'), ('drift', 'The order was changed in the purchasing system'), ('no_product', 'The item is not linked to the purchasing system'), ('duty_not_covered', 'Nobody is on duty')], max_length=30),
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=requests_app.models.request.new_public_id, editable=False, max_length=30, unique=True)),
                ('service_code', models.SlugField(help_text='of the services that IT offers', max_length=30)),
                ('title', models.CharField(max_length=120)),
                ('what_to_do', models.TextField(blank=True, help_text='how the wards manage meanwhile', max_length=500)),
                ('started_at', models.DateTimeField()),
                ('expected_at', models.DateTimeField(blank=True, help_text='when it is likely to work again', null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hospital', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outages', to='accounts.hospital')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'outage',
                'verbose_name_plural': 'outages',
                'ordering': ['-started_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='OutageReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department')),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='requests_app.outage')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EmergencyCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('duty_code', models.CharField(help_text='whose holder is told', max_length=30)),
                ('raised_at', models.DateTimeField()),
                ('again_at', models.DateTimeField(help_text='the holder was told a second time', null=True)),
                ('manager_at', models.DateTimeField(help_text='the site manager was told', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='emergency', to='requests_app.servicerequest')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['raised_at'], name='emergency_running')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('raised_at')), _connector='OR'), name='emergency_ends_after_it_is_raised')],
            },
        ),
        migrations.CreateModel(
            name='ItSystem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30)),
                ('name', models.CharField(max_length=120)),
                ('clinical', models.BooleanField(default=False, help_text='holds records of patients')),
                ('needs_training', models.BooleanField(default=False, help_text='asks for the day of the training before anybody gets in')),
                ('active', models.BooleanField(default=True)),
                ('hospital', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='it_systems', to='accounts.hospital')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='systems_owned', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'system',
                'verbose_name_plural': 'systems',
                'ordering': ['hospital', 'name'],
                'constraints': [models.UniqueConstraint(fields=('hospital', 'code'), name='it_system_code_once_per_hospital')],
            },
        ),
        migrations.AddIndex(
            model_name='outage',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['hospital', '-started_at'], name='outage_now'),
        ),
        migrations.AddIndex(
            model_name='outage',
            index=models.Index(fields=['hospital', '-started_at', '-id'], name='outage_all'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='outage_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='outagereport',
            constraint=models.UniqueConstraint(fields=('outage', 'user'), name='outage_report_once'),
        ),
    ]
