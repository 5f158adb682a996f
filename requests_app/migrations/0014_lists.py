import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import portal.ids
from requests_app.finding import words

# The names are those of the fields; full text is asked for by requests_app.models.search.HasWords.
INDEXES = (
    "CREATE INDEX item_trigrams ON requests_app_catalogueitem USING gin (search_text gin_trgm_ops)",
    "CREATE INDEX equipment_trigrams ON requests_app_equipment USING gin (search_text gin_trgm_ops)",
    "CREATE INDEX request_words ON requests_app_servicerequest USING gin (to_tsvector('simple'::regconfig, search_text))",
)


def index(apps, schema_editor):
    """Trigrams and full text where there are such: pg_trgm is trusted, so the owner of the database may add it."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in ("CREATE EXTENSION IF NOT EXISTS pg_trgm", *INDEXES):
            schema_editor.execute(statement)


def unindex(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("item_trigrams", "equipment_trigrams", "request_words"):
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


def fill(apps, schema_editor):
    """What is there already is found too."""
    known = set()
    for text, rows in _texts(apps):
        for row, said in rows:
            row.search_text = text(row, said)
            if row._meta.model_name != "servicerequest":
                known.update(row.search_text.split())
        if rows:
            type(rows[0][0]).objects.bulk_update([row for row, _said in rows], ["search_text"], batch_size=200)
    for category in apps.get_model("requests_app", "Category").objects.all():
        known.update(words.indexed([category.name]).split())
    apps.get_model("requests_app", "SearchWord").objects.bulk_create(
        apps.get_model("requests_app", "SearchWord")(word=one, backwards=one[::-1]) for one in sorted(known)
    )


def _texts(apps):
    """For each batch how its text is made, and its rows."""
    from requests_app.equipment.equipment_classes import CLASSES

    def of_item(row, _said):
        return "" if row.one_off else words.indexed([row.name, *row.synonyms.split(","), row.code, row.group, row.barcode])

    def of_piece(row, _said):
        kind = str(CLASSES[row.class_code].label) if row.class_code in CLASSES else ""
        return words.indexed([row.tag, row.name, f"{row.maker} {row.model}", row.model, row.serial, kind])

    def of_request(row, said):
        return words.indexed([row.title, row.category.name, row.department.name, row.department.code,
                              f"{row.requester.first_name} {row.requester.last_name}", *said])  # fmt: skip

    yield of_item, [(row, ()) for row in apps.get_model("requests_app", "CatalogueItem").objects.all()]
    yield of_piece, [(row, ()) for row in apps.get_model("requests_app", "Equipment").objects.all()]
    last, sent = 0, apps.get_model("requests_app", "ServiceRequest").objects.exclude(submitted_at=None).order_by("pk")
    related = sent.select_related("category", "department", "requester").prefetch_related("lines", "repair__equipment")
    while rows := list(related.filter(pk__gt=last)[:1000]):
        yield of_request, [(row, _said(row)) for row in rows]
        last = rows[-1].pk


def _said(request):
    if request.category.kind == "supply":
        return [text for line in request.lines.all() for text in (line.name, line.code)]
    piece = getattr(getattr(request, "repair", None), "equipment", None)
    return [piece.tag, piece.name] if piece else []


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0013_serving_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40, unique=True)),
                ("backwards", models.CharField(db_index=True, max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name="equipment", name="search_text", field=models.TextField(default="", editable=False)
        ),
        migrations.AddField(
            model_name="servicerequest", name="search_text", field=models.TextField(default="", editable=False)
        ),
        migrations.AlterField(
            model_name="catalogueitem", name="search_text", field=models.TextField(default="", editable=False)
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=portal.ids.token, editable=False, max_length=30, unique=True)),
                ("query", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be made"),
                            ("ready", "Ready"),
                            ("failed", "Could not be made"),
                            ("gone", "Deleted"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField(null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("path", models.CharField(blank=True, max_length=60)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("token", models.CharField(blank=True, max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="exports", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "gone"), _negated=True),
                        fields=["created_at"],
                        name="export_to_sweep",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "ready", "failed", "gone"])),
                        name="export_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(default=portal.ids.token, editable=False, max_length=30, unique=True)),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("query", models.CharField(help_text="of the address of the list, without “?”", max_length=500)),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name"), "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("user"), django.db.models.functions.text.Lower("name"), name="saved_view_name_once"
                    )
                ],
            },
        ),
        migrations.RunPython(index, unindex),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
