import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def alternatives_become_substitutes(apps, schema_editor):
    """What was offered before is similar: nobody said that it is the same."""
    item = apps.get_model("requests_app", "CatalogueItem")
    substitute = apps.get_model("requests_app", "Substitute")
    pairs = item.objects.exclude(alternative=None).values_list("pk", "alternative_id")
    substitute.objects.bulk_create(
        substitute(item_id=pk, other_id=other, kind="similar") for pk, other in pairs if pk != other
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_duties"),
        ("requests_app", "0009_types"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ItemStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=160)),
                ('lots', models.CharField(blank=True, help_text='comma separated; empty: all', max_length=120)),
                ('at', models.DateTimeField()),
                ('wards', models.PositiveSmallIntegerField(default=0, help_text='how many were told')),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_because', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ParCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('left', models.JSONField(default=dict)),
                ('draft_key', models.UUIDField(help_text='of the draft that was made from it')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Recurring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', models.CharField(help_text='0 is Monday: 024', max_length=7)),
                ('hour', models.PositiveSmallIntegerField(help_text='on the clock of the hospital')),
                ('active', models.BooleanField(default=True)),
                ('next_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(help_text='when it made its last draft', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StockOnHand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.IntegerField()),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'stock on hand',
                'verbose_name_plural': 'stock on hand',
            },
        ),
        migrations.CreateModel(
            name='Substitute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('equal', 'Equal: another make of the same thing'), ('similar', 'Similar: a clinician agrees')], default='similar', max_length=10)),
                ('note', models.CharField(blank=True, help_text="what to mind, in the ward's words", max_length=120)),
            ],
            options={
                'ordering': ['kind', 'id'],
            },
        ),
        migrations.AddField(
            model_name='catalogueitem',
            name='barcode',
            field=models.CharField(blank=True, help_text='GTIN or what the shelf label says', max_length=40),
        ),
        migrations.AddField(
            model_name='catalogueitem',
            name='description',
            field=models.CharField(blank=True, help_text='what it is for, in those words', max_length=300),
        ),
        migrations.AddField(
            model_name='catalogueitem',
            name='one_off',
            field=models.BooleanField(default=False, help_text="asked for once in somebody's own words; never found again"),
        ),
        migrations.AddField(
            model_name='requestitem',
            name='agreed_by',
            field=models.ForeignKey(help_text='who agreed to a similar item; empty for an equal one', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requestitem',
            name='answers',
            field=models.JSONField(blank=True, default=dict, help_text='to the questions of the item, as typed'),
        ),
        migrations.AddField(
            model_name='requestitem',
            name='form_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.formversion'),
        ),
        migrations.AddField(
            model_name='requestitem',
            name='substituted_for',
            field=models.ForeignKey(help_text='what was asked for first, where another item stands in its place', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.catalogueitem'),
        ),
        migrations.AddField(
            model_name='servicerequest',
            name='usual_list',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='requests', to='requests_app.usuallist'),
        ),
        migrations.AlterField(
            model_name='caseexception',
            name='kind',
            field=models.CharField(choices=[('needs_routing', 'Nobody can decide this'), ('no_calendar', 'No service hours are set'), ('no_target', 'No target time is set'), ('no_team', 'No team serves this'), ('sync_rejected', 'The purchasing system refused the order'), ('drift', 'The order was changed in the purchasing system'), ('no_product', 'The item is not linked to the purchasing system'), ('item_stopped', 'An item in use was stopped'), ('recurring_paused', 'A list that comes again has nobody to send it'), ('duty_not_covered', 'Nobody is on duty')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='catalogueitem',
            constraint=models.UniqueConstraint(condition=models.Q(('barcode', ''), _negated=True), fields=('hospital', 'barcode'), name='item_barcode_once_per_hospital'),
        ),
        migrations.AddField(
            model_name='favourite',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.catalogueitem'),
        ),
        migrations.AddField(
            model_name='favourite',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='itemstop',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='itemstop',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='requests_app.catalogueitem'),
        ),
        migrations.AddField(
            model_name='itemstop',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='parcount',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='parcount',
            name='usual_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='requests_app.usuallist'),
        ),
        migrations.AddField(
            model_name='recurring',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recurring',
            name='usual_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recurring', to='requests_app.usuallist'),
        ),
        migrations.AddField(
            model_name='stockonhand',
            name='item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='on_hand', to='requests_app.catalogueitem'),
        ),
        migrations.AddField(
            model_name='substitute',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='substitutes', to='requests_app.catalogueitem'),
        ),
        migrations.AddField(
            model_name='substitute',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.catalogueitem'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('user', 'item'), name='favourite_once'),
        ),
        migrations.AddConstraint(
            model_name='itemstop',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('item',), name='item_stopped_once'),
        ),
        migrations.AddConstraint(
            model_name='parcount',
            constraint=models.UniqueConstraint(fields=('by', 'draft_key'), name='par_count_once'),
        ),
        migrations.AddIndex(
            model_name='recurring',
            index=models.Index(condition=models.Q(('active', True)), fields=['next_at'], name='recurring_due'),
        ),
        migrations.AddConstraint(
            model_name='recurring',
            constraint=models.UniqueConstraint(fields=('usual_list', 'owner'), name='recurring_once_per_owner'),
        ),
        migrations.AddConstraint(
            model_name='recurring',
            constraint=models.CheckConstraint(condition=models.Q(('hour__lte', 23)), name='recurring_hour'),
        ),
        migrations.AddConstraint(
            model_name='substitute',
            constraint=models.UniqueConstraint(fields=('item', 'other'), name='substitute_once'),
        ),
        migrations.AddConstraint(
            model_name='substitute',
            constraint=models.CheckConstraint(condition=models.Q(('item', models.F('other')), _negated=True), name='substitute_is_another'),
        ),
        migrations.AddConstraint(
            model_name='substitute',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['equal', 'similar'])), name='substitute_kind_known'),
        ),
        migrations.RunPython(alternatives_become_substitutes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='catalogueitem',
            name='alternative',
        ),
    ]
