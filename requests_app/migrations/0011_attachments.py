import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.ids


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0010_supplies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=portal.ids.token, editable=False, max_length=30, unique=True)),
                ('name', models.CharField(help_text='as people see it, cleaned', max_length=120)),
                ('mime', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField(help_text='bytes, as stored')),
                ('digest', models.CharField(help_text='SHA-256 of what is stored', max_length=64)),
                ('path', models.CharField(blank=True, max_length=40)),
                ('width', models.PositiveIntegerField(blank=True, null=True)),
                ('height', models.PositiveIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('unscanned', 'Not checked for viruses: no scanner is set'), ('held', 'Being checked for viruses'), ('clean', 'Checked'), ('infected', 'Deleted: it carried a virus')], max_length=10)),
                ('scanned_at', models.DateTimeField(blank=True, null=True)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='requests_app.servicerequest')),
            ],
            options={
                'indexes': [models.Index(fields=['added_by', 'added_at'], name='attachment_of_a_day'), models.Index(condition=models.Q(('removed_at__isnull', True), ('state__in', ['unscanned', 'held'])), fields=['id'], name='attachment_to_scan')],
            },
        ),
    ]
