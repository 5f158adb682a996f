import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.ids


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_duties'),
    ]

    operations = [
        migrations.CreateModel(
            name='TemporaryPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=portal.ids.token, editable=False, max_length=30, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(help_text='the first moment without it')),
                ('closed_at', models.DateTimeField(help_text='when its account was closed', null=True)),
            ],
            options={
                'verbose_name': 'pass',
                'verbose_name_plural': 'passes',
                'ordering': ['-issued_at', '-id'],
            },
        ),
        migrations.AlterModelOptions(
            name='department',
            options={'ordering': ['hospital', 'code'], 'permissions': (('work_here', 'Works here: files, answers and receives for this place'), ('view_requests', 'Sees the requests of this place'), ('approve_as_head', 'Decides as head'), ('approve_as_finance', 'Decides as finance'), ('approve_as_procurement', 'Decides as procurement'), ('approve_as_compliance', 'Decides as compliance'), ('approve_as_biomed_manager', 'Decides as biomed_manager'), ('approve_as_it_head', 'Decides as it_head'), ('approve_as_it_owner', 'Decides as it_owner'), ('approve_as_product_lead', 'Decides as product_lead'), ('approve_as_director', 'Decides as director'), ('approve_as_executive', 'Decides as executive'), ('approve_as_data_protection', 'Decides as data_protection'))},
        ),
        migrations.AlterModelOptions(
            name='hospital',
            options={'ordering': ['code'], 'permissions': (('work_here', 'Works here: files, answers and receives for this place'), ('view_requests', 'Sees the requests of this place'), ('approve_as_head', 'Decides as head'), ('approve_as_finance', 'Decides as finance'), ('approve_as_procurement', 'Decides as procurement'), ('approve_as_compliance', 'Decides as compliance'), ('approve_as_biomed_manager', 'Decides as biomed_manager'), ('approve_as_it_head', 'Decides as it_head'), ('approve_as_it_owner', 'Decides as it_owner'), ('approve_as_product_lead', 'Decides as product_lead'), ('approve_as_director', 'Decides as director'), ('approve_as_executive', 'Decides as executive'), ('approve_as_data_protection', 'Decides as data_protection'))},
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_role_known',
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('requester', 'Ward or department staff'), ('temporary', 'Temporary staff'), ('ward_lead', 'Ward lead'), ('head', 'Head of department'), ('finance', 'Finance partner'), ('procurement', 'Procurement lead'), ('compliance', 'Compliance and safety officer'), ('biomed_manager', 'Head of clinical engineering'), ('it_head', 'Head of IT'), ('it_owner', 'System owner'), ('director', 'Director of the division'), ('data_protection', 'Data protection officer'), ('product_lead', 'Clinical product lead'), ('executive', 'Executive'), ('buyer', 'Buyer'), ('fulfiller', 'Team member'), ('team_lead', 'Team lead'), ('service_manager', 'Service manager'), ('auditor', 'Auditor'), ('policy_owner', 'Policy owner'), ('administrator', 'Administrator'), ('integration_operator', 'Integration operator')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['requester', 'temporary', 'ward_lead', 'head', 'finance', 'procurement', 'compliance', 'biomed_manager', 'it_head', 'it_owner', 'director', 'data_protection', 'product_lead', 'executive', 'buyer', 'fulfiller', 'team_lead', 'service_manager', 'auditor', 'policy_owner', 'administrator', 'integration_operator'])), name='membership_role_known'),
        ),
        migrations.AddField(
            model_name='temporarypass',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passes', to='accounts.department'),
        ),
        migrations.AddField(
            model_name='temporarypass',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='temporarypass',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='temporarypass',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='temporary_pass', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='temporarypass',
            index=models.Index(fields=['department', '-issued_at'], name='pass_of_ward'),
        ),
        migrations.AddIndex(
            model_name='temporarypass',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['ends_at'], name='pass_running'),
        ),
        migrations.AddConstraint(
            model_name='temporarypass',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('issued_at'))), name='pass_ends_after_it_begins'),
        ),
    ]
