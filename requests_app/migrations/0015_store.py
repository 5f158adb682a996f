"""Quantities of the store on the lines, who counts a list, and the days that were promised."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q

AWAITED = ("with_buyer", "ordered", "at_goods_in", "part_received", "to_follow", "picked", "on_the_way")


def count_what_was_sent(apps: Any, schema_editor: Any) -> None:
    """Until now a line from the store was always picked and sent as a whole: its state says how much."""
    lines = apps.get_model("requests_app", "RequestItem").objects.filter(source="store")
    lines = lines.filter(approved_quantity__isnull=False)
    lines.exclude(state__in=["picked", "on_the_way"]).update(sent_quantity=F("received_quantity"))
    lines.filter(state="on_the_way").update(sent_quantity=F("approved_quantity"))
    lines.filter(state="picked").update(
        sent_quantity=F("received_quantity"), picked_quantity=F("approved_quantity") - F("received_quantity")
    )


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0014_lists")]

    operations = [
        migrations.AddField(
            model_name="requestitem",
            name="follow_quantity",
            field=models.PositiveIntegerField(default=0, help_text="the store has none of these yet"),
        ),
        migrations.AddField(
            model_name="requestitem",
            name="late_told_on",
            field=models.DateField(help_text="the promised day of which was said that it is late", null=True),
        ),
        migrations.AddField(
            model_name="usuallist",
            name="counted_on",
            field=models.CharField(
                blank=True,
                help_text="days on which the store counts it, 0 is Monday; empty: it does not",
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="requestitem",
            name="expected_on",
            field=models.DateField(help_text="promised by the supplier, or by the store", null=True),
        ),
        migrations.AlterField(
            model_name="requestitem",
            name="sent_quantity",
            field=models.PositiveIntegerField(
                default=0,
                help_text="from the store, in all, without what did not arrive or could not be used",
            ),
        ),
        migrations.RunPython(count_what_was_sent, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="requestitem",
            index=models.Index(
                fields=["expected_on"],
                condition=Q(expected_on__isnull=False, state__in=AWAITED),
                name="line_promised",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestitem",
            constraint=models.CheckConstraint(
                condition=Q(source="store", received_quantity__lte=F("sent_quantity"))
                | (~Q(source="store") & Q(follow_quantity=0, picked_quantity=0, sent_quantity=0)),
                name="line_arrives_after_it_was_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestitem",
            constraint=models.CheckConstraint(
                condition=Q(
                    approved_quantity__gte=F("sent_quantity") + F("picked_quantity") + F("follow_quantity")
                )
                | Q(approved_quantity__isnull=True, sent_quantity=0, picked_quantity=0, follow_quantity=0),
                name="line_gives_no_more_than_agreed",
            ),
        ),
    ]
