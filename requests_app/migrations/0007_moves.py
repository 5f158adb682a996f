import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0006_repairs")]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=20)),
                ("how", models.CharField(blank=True, max_length=20)),
                ("escort", models.CharField(blank=True, max_length=20)),
                ("bed", models.CharField(blank=True, max_length=4)),
                ("initials", models.CharField(blank=True, max_length=3)),
                ("comes_along", models.CharField(blank=True, help_text="codes, space separated", max_length=160)),
                ("oxygen_litres", models.PositiveSmallIntegerField(blank=True, help_text="per minute", null=True)),
                ("tell", models.CharField(blank=True, help_text="codes, space separated", max_length=160)),
                (
                    "destination",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.location",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="move",
                        to="requests_app.servicerequest",
                    ),
                ),
                (
                    "return_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="the way there, where this is the way back",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="requests_app.move",
                    ),
                ),
            ],
            options={"verbose_name": "move", "verbose_name_plural": "moves"},
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", "patient"), models.Q(("bed", ""), ("initials", "")), _connector="OR"),
                name="move_bed_of_a_patient",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("taken_at__isnull", False)),
                fields=["team", "-taken_at"],
                name="request_taken_team",
            ),
        ),
    ]
