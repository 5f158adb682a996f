import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("requests_app", "0008_it")]

    operations = [
        migrations.AddField(
            model_name='category',
            name='service',
            field=models.SlugField(blank=True, help_text='whose target times it has; empty: those of all other types'),
        ),
        migrations.CreateModel(
            name='BundleTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('team_code', models.SlugField(blank=True, max_length=30)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('only_if_key', models.SlugField(blank=True, max_length=30)),
                ('only_if_codes', models.JSONField(blank=True, default=list)),
                ('offset_amount', models.SmallIntegerField(blank=True, help_text='from the start of the bundle; empty: its own target times', null=True)),
                ('offset_unit', models.CharField(choices=[('min', 'minutes'), ('h', 'hours'), ('wd', 'working days'), ('d', 'days')], default='wd', max_length=3)),
                ('calendar', models.SlugField(default='office', help_text='whose working days count', max_length=30)),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='requests_app.category')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='requests_app.category')),
            ],
            options={
                'verbose_name': 'task of a bundle',
                'verbose_name_plural': 'tasks of bundles',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='servicerequest',
            name='task',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.bundletask'),
        ),
        migrations.AddConstraint(
            model_name='bundletask',
            constraint=models.CheckConstraint(condition=models.Q(('category__isnull', False), models.Q(('team_code', ''), _negated=True), _connector='OR'), name='task_has_a_type_or_a_team'),
        ),
    ]
