from django.db import migrations, models
from django.db.models import Q

from portal.audit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("sla", "0003_services")]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="fixed",
            field=models.BooleanField(
                default=False, help_text="for an agreed time, which waiting does not move"
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="paused_at",
            field=models.DateTimeField(help_text="stands still since then", null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="paused_seconds",
            field=models.PositiveBigIntegerField(default=0, help_text="stood still before that"),
        ),
        migrations.AddField(
            model_name="clock",
            name="round",
            field=models.PositiveSmallIntegerField(default=1, help_text="one more for each other promise"),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=Q(paused_at=None) | Q(state="running", next_check_at=None, fixed=False),
                name="clock_stands_still_quietly",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=Q(stopped_at__isnull=False),
                fields=["stopped_at"],
                name="clock_done",
            ),
        ),
        migrations.AddField(
            model_name="clockevent",
            name="about",
            field=models.CharField(
                blank=True,
                default="",
                help_text="why it stands still, as in requests_app.waiting_reasons; what is promised now",
                max_length=60,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="clockevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("started", "started"),
                    ("warned", "likely late"),
                    ("breached", "late"),
                    ("paused", "stands still"),
                    ("resumed", "goes on"),
                    ("retargeted", "another time is promised"),
                    ("stopped", "stopped"),
                ],
                max_length=10,
            ),
        ),
        append_only("sla_clockevent"),  # SQLite rebuilt the table
    ]
