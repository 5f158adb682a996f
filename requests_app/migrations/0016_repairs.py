import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.triggers import append_only

STATES = [
    ("in_use", "In use"),
    ("reported", "Reported broken"),
    ("out_of_use", "Out of use"),
    ("under_repair", "Being repaired"),
    ("awaiting_check", "Repaired, being checked"),
    ("quarantined", "Do not use"),
    ("on_loan", "On loan"),
    ("lost", "Lost"),
    ("condemned", "Cannot be repaired"),
]
KINDS = [
    ("supply", "Supplies"),
    ("repair", "Repair"),
    ("it", "IT fault"),
    ("access", "IT access"),
    ("transport", "Move"),
    ("form", "Questions of its own"),
    ("bundle", "Several tasks for several teams"),
    ("cost", "Cost of a repair"),
]
OUTCOMES = [
    ("", "Waiting for a decision"),
    ("agreed", "Agreed"),
    ("refused", "Said no"),
    ("withdrawn", "Taken back"),
]


def _to(model: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(to=model, on_delete=django.db.models.deletion.PROTECT, **more)  # type: ignore[arg-type]


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0015_store"),
        ("audit", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="category", name="category_kind_known"),
        migrations.AlterField(
            model_name="category",
            name="kind",
            field=models.CharField(choices=KINDS, default="form", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [code for code, _label in KINDS])), name="category_kind_known"
            ),
        ),
        migrations.AddField(
            model_name="equipmentcheck",
            name="void_at",
            field=models.DateTimeField(
                blank=True, help_text="it was reported again before it was in use", null=True
            ),
        ),
        migrations.CreateModel(
            name="EquipmentChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.CharField(choices=STATES, max_length=20)),
                ("to_state", models.CharField(choices=STATES, max_length=20)),
                ("at", models.DateTimeField()),
                ("by", _to(settings.AUTH_USER_MODEL, related_name="+")),
                ("equipment", _to("requests_app.equipment", related_name="changes")),
                ("request", _to("requests_app.servicerequest", related_name="+", null=True)),
                (
                    "signed",
                    _to(
                        "requests_app.equipmentcheck",
                        related_name="+",
                        null=True,
                        help_text="the check that set it in use again",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        append_only("requests_app_equipmentchange"),
        migrations.CreateModel(
            name="CostApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, help_text="in the hospital's currency", max_digits=12
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("supplier", models.CharField(blank=True, max_length=80)),
                ("quotation", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, choices=OUTCOMES, max_length=10)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("by", _to(settings.AUTH_USER_MODEL, related_name="+")),
                ("decided_by", _to(settings.AUTH_USER_MODEL, related_name="+", null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cost_of",
                        to="requests_app.servicerequest",
                    ),
                ),
                ("request", _to("requests_app.servicerequest", related_name="costs", help_text="the work")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")), fields=("request",), name="cost_one_at_a_time"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="cost_is_something"),
                ],
            },
        ),
    ]
