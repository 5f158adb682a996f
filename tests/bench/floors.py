"""The floors: pages that do the least that such a page can do, with session and user loaded, and nothing else."""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from requests_app.models import ServiceRequest

ROWS = 12
TABLES = """
CREATE TABLE IF NOT EXISTS bench_case (id bigserial PRIMARY KEY, number text UNIQUE, key text UNIQUE,
  person bigint NOT NULL REFERENCES accounts_user, created timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS bench_case_person ON bench_case (person, created DESC, id DESC);
CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, bench_case bigint NOT NULL REFERENCES bench_case,
  person bigint NOT NULL REFERENCES accounts_user, state text NOT NULL, at timestamptz NOT NULL, note jsonb NOT NULL);
CREATE INDEX IF NOT EXISTS bench_row_case ON bench_row (bench_case);
"""
HEAD = "<!doctype html><html lang=en><head><meta charset=utf-8><title>{{ title }}</title></head><body><p>{{ user.username }}</p>"
ONE = engines["django"].from_string(HEAD + "<h1>{{ row.title }}</h1><p>{{ row.number }}</p></body></html>")
PAGE = engines["django"].from_string(
    HEAD
    + "<table>{% for row in rows %}<tr><td><a href='/{{ row.public_id }}/'>{{ row.number }}</a></td><td>{{ row.title }}</td>"
    "<td>{{ row.requester.first_name }} {{ row.requester.last_name }}</td><td>{{ row.department.name }}</td>"
    "<td>{{ row.get_state_display }}</td><td>{{ row.created_at|date:'j M Y, H:i' }}</td></tr>{% endfor %}</table></body></html>"
)


def one(request: HttpRequest) -> HttpResponse:
    """One query and a template."""
    row = ServiceRequest.objects.order_by("pk").first()
    return HttpResponse(ONE.render({"row": row, "title": "One", "user": request.user}, request))


def page(request: HttpRequest) -> HttpResponse:
    """The newest 25 rows of all, in a table."""
    rows = ServiceRequest.objects.filter(closed_at=None, submitted_at__isnull=False)
    rows = rows.select_related("requester", "department").order_by("-created_at", "-id")[:25]
    return HttpResponse(PAGE.render({"rows": rows, "title": "Page", "user": request.user}, request))


def sub_seq(request: HttpRequest) -> HttpResponse:
    """Twelve raw inserts, one after the other, in one commit."""
    person = request.user.pk
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_case (number, key, person, created) "
            "VALUES (gen_random_uuid(), gen_random_uuid(), %s, now()) RETURNING id",
            [person],
        )
        case = cursor.fetchone()[0]
        for count in range(ROWS - 1):
            cursor.execute(
                "INSERT INTO bench_row (bench_case, person, state, at, note) VALUES (%s, %s, %s, now(), %s)",
                [case, person, f"state {count}", '{"was": "draft", "is": "submitted"}'],
            )
    return HttpResponse(status=204)


urlpatterns = [path("one/", one), path("page/", page), path("sub_seq/", sub_seq)]
