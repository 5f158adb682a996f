import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0003_stock"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="externalreference",
            name="stage",
            field=models.CharField(
                blank=True,
                help_text="of a maintenance request: what Odoo calls where it stands",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("odoo.purchase_order", "Order in Odoo"),
                    ("odoo.maintenance_request", "Maintenance request in Odoo"),
                    ("odoo.maintenance_stage", "Stage of a maintenance request in Odoo"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddIndex(
            model_name="externalreference",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("model", "maintenance.request")),
                fields=["polled_at", "id"],
                name="reference_open_maintenance",
            ),
        ),
        migrations.CreateModel(
            name="TeamLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("odoo_team_id", models.PositiveIntegerField()),
                (
                    "company_id",
                    models.PositiveIntegerField(help_text="in Odoo; empty: of every company", null=True),
                ),
                ("linked_at", models.DateTimeField()),
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="odoo_link",
                        to="accounts.team",
                    ),
                ),
            ],
            options={"default_permissions": ("view",)},
        ),
    ]
