import django.db.models.deletion
from django.db import migrations, models

from portal.audit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("sla", "0004_pauses"), ("audit", "0002_triggers")]

    operations = [
        migrations.CreateModel(
            name="ClockRung",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("rung", models.CharField(help_text="of sla.ladder", max_length=20)),
                ("at", models.DateTimeField()),
                ("told", models.BooleanField(help_text="somebody was told; else it was passed over")),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rungs", to="sla.clock"
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="clockrung",
            constraint=models.UniqueConstraint(fields=("clock", "round", "rung"), name="clock_rung_once"),
        ),
        append_only("sla_clockrung"),
    ]
