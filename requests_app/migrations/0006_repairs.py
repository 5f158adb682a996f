import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_duties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('requests_app', '0005_typed_requests'),
    ]

    operations = [
        migrations.AlterField(
            model_name='equipment',
            name='state',
            field=models.CharField(choices=[('in_use', 'In use'), ('reported', 'Reported broken'), ('out_of_use', 'Out of use'), ('under_repair', 'Being repaired'), ('awaiting_check', 'Repaired, being checked'), ('quarantined', 'Do not use'), ('on_loan', 'On loan'), ('lost', 'Lost'), ('condemned', 'Cannot be repaired')], default='in_use', help_text='moved by repairs; only a technician sets it in use again', max_length=20),
        ),
        migrations.CreateModel(
            name='Repair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thing', models.CharField(blank=True, help_text='what it is, where it has no label', max_length=200)),
                ('symptom_set', models.CharField(max_length=20)),
                ('symptoms', models.JSONField(default=list)),
                ('needed', models.CharField(choices=[('now', 'Needed now and no other works'), ('today', 'Needed today, we are managing with another'), ('can_wait', 'Not needed today')], max_length=10)),
                ('safe', models.CharField(choices=[('yes', 'Yes'), ('no_removed', 'No, taken out of use'), ('no_in_use', 'No, but it cannot be taken out yet')], max_length=12)),
                ('cleanliness', models.CharField(blank=True, choices=[('clean', 'Wiped down'), ('not_clean', 'Not cleaned'), ('cannot_clean', 'Cannot be cleaned or opened'), ('incident', 'Left as it is: somebody was or could have been harmed')], max_length=12)),
                ('incident_number', models.CharField(blank=True, max_length=40)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
                ('cleared_by', models.ForeignKey(blank=True, help_text='after harm: who allowed that it is worked on and closed', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('equipment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repairs', to='requests_app.equipment')),
                ('location', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repairs', to='accounts.location')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='repair', to='requests_app.servicerequest')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('equipment__isnull', False), ('location__isnull', False), _connector='OR'), name='repair_is_somewhere'), models.CheckConstraint(condition=models.Q(('needed__in', ['now', 'today', 'can_wait']), ('safe__in', ['yes', 'no_removed', 'no_in_use'])), name='repair_answers_known')],
            },
        ),
    ]
