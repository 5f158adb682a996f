"""Triggers by which the database itself refuses to rewrite what is only ever added.

UPDATE is refused on both databases. DELETE is refused on PostgreSQL, where tests empty tables with
TRUNCATE; on SQLite they do it with DELETE, so there the model and its queryset are what refuses. SQLite
rebuilds a table when a migration alters it, and its triggers go with the old one: such a migration ends
with `append_only(table)` again.
"""

from typing import Any

from django.db import migrations

SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{table} is only ever added to'; END $$;
DROP TRIGGER IF EXISTS {table}_kept ON {table};
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
"""
REMOVE_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS {table}_kept ON {table}; DROP FUNCTION IF EXISTS {table}_refuse();"
)
REMOVE_SQLITE = "DROP TRIGGER IF EXISTS {table}_kept"


def append_only(table: str) -> migrations.RunPython:
    """The migration step that makes `table` append-only; backwards it takes the triggers off."""

    def install(apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        schema_editor.execute((POSTGRESQL if postgresql else SQLITE).format(table=table))

    def remove(apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        schema_editor.execute((REMOVE_POSTGRESQL if postgresql else REMOVE_SQLITE).format(table=table))

    return migrations.RunPython(install, remove)
