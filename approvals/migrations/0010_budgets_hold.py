"""The sums of a period follow its entries in the database itself, and are compared to the cent.

SQLite counts in floats: sums are rounded where they are written and where they are compared. It also rebuilds a table that a
migration alters, and its triggers go with the old one: a migration that alters either table takes the trigger off first and
ends with it again.
"""

from typing import Any

import django.db.models.functions.math
from django.db import migrations, models

SQLITE = """
CREATE TRIGGER approvals_budgetentry_summed AFTER INSERT ON approvals_budgetentry
BEGIN UPDATE approvals_budgetperiod SET
reserved = round(reserved + NEW.reserved, 2),
committed = round(committed + NEW.committed, 2),
ordered = round(ordered + NEW.ordered, 2)
WHERE id = NEW.period_id; END
"""
POSTGRESQL = """
CREATE FUNCTION approvals_budgetentry_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE approvals_budgetperiod SET
reserved = reserved + NEW.reserved,
committed = committed + NEW.committed,
ordered = ordered + NEW.ordered
WHERE id = NEW.period_id; RETURN NULL; END $$;
CREATE TRIGGER approvals_budgetentry_summed AFTER INSERT ON approvals_budgetentry
FOR EACH ROW EXECUTE FUNCTION approvals_budgetentry_sum();
"""
REMOVE_SQLITE = "DROP TRIGGER IF EXISTS approvals_budgetentry_summed"
REMOVE_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS approvals_budgetentry_summed ON approvals_budgetentry; "
    "DROP FUNCTION IF EXISTS approvals_budgetentry_sum();"
)


def install(apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if postgresql else SQLITE)


def remove(apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(REMOVE_POSTGRESQL if postgresql else REMOVE_SQLITE)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_append_only")]

    operations = [
        migrations.RemoveConstraint(model_name="budgetperiod", name="budget_period_stops"),
        migrations.AddConstraint(
            model_name="budgetperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("stops", False))
                | models.Q(
                    (
                        "amount__gte",
                        django.db.models.functions.math.Round(
                            models.F("committed") + models.F("ordered"), precision=2
                        ),
                    )
                ),
                name="budget_period_stops",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
