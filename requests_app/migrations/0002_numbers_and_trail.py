from typing import Any

from django.db import migrations

from portal.audit.triggers import append_only


def make_sequence(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE requests_app_number")


def drop_sequence(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE requests_app_number")


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial"), ("audit", "0002_triggers")]

    operations = [
        migrations.RunPython(make_sequence, drop_sequence),
        append_only("requests_app_statechange"),
    ]
