"""What somebody's words find: items, equipment, types and requests that they may see; and the request of a number."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from portal.accounts.place import Standing
from portal.clock import now
from portal.merged import Merged
from requests_app import choosing, listing, search
from requests_app.finding import matching
from requests_app.finding.matching import Question
from requests_app.models import CatalogueItem, Category, Equipment, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

SHOWN = 12  # of each group
LONGEST = 200  # characters of a question; the rest is not looked at
NUMBER = re.compile(r"(?:SR[\s-]*)?(?:(20\d\d)[\s-]+)?(\d{1,6})", re.I)
MOST_KEYS = 2000  # requests with a word that is not common
YEARS = 5  # that a number without its year is looked for in


@dataclass(frozen=True)
class Found:
    """`more`: there are further requests, which the list shows. `exact`: the request whose number was typed in full."""

    words: str
    items: list[CatalogueItem] = field(default_factory=list)
    equipment: list[Equipment] = field(default_factory=list)
    types: list[Category] = field(default_factory=list)
    requests: list[ServiceRequest] = field(default_factory=list)
    more: bool = False
    exact: ServiceRequest | None = None

    @property
    def nothing(self) -> bool:
        return not (self.items or self.equipment or self.types or self.requests)


def everything(user: "User", where: Standing, text: str, *, most: int = SHOWN) -> Found:
    """What these words find among what `user` may see at the hospitals that they look at. At most seven queries."""
    said = text[:LONGEST].replace("\0", " ").strip()
    asked = matching.read(said)
    if not asked.words:
        return Found(said)
    hospitals = [where.chosen] if where.chosen else where.hospitals
    here = where.here or next(iter(hospitals), None)
    rows = requests(user, said, asked, most=most + 1)
    wanted = re.sub(r"[\s-]+", "-", said).upper()
    return Found(
        words=said,
        items=matching.among(search.sold_at(hospitals), asked, limit=most),
        equipment=choosing.pieces(hospitals, asked, limit=most),
        types=choosing.called(choosing.offered(here), asked)[:most] if here else [],
        requests=rows[:most],
        more=len(rows) > most,
        exact=next((row for row in rows if row.number == wanted), None),
    )


def requests(user: "User", said: str, asked: Question, *, most: int) -> list[ServiceRequest]:
    """The newest requests that `user` may see and that have every word; with a slip of the finger where none has them.

    Two queries, three for a slip.
    """
    seen = listing.listed(user)
    found = list(with_words(seen, having(said, asked.words)).first(most, "-created_at", "-pk"))
    if found or not any(asked.near.get(word) for word in asked.words):
        return found
    slip = Q(search_text__has_words=asked.groups)
    return list(with_words(seen, slip).first(most, "-created_at", "-pk"))


def with_words(rows: Merged[ServiceRequest], wanted: Q) -> Merged[ServiceRequest]:
    """Those of `rows` that meet `wanted` (of `having`). One query on PostgreSQL, none elsewhere.

    PostgreSQL cannot tell how rare a word is. Left to itself it walks the newest rows and looks into each, which for a rare
    word is all of them; so the index of words is asked first, and only what is common is looked for row by row.
    """
    if connection.vendor != "postgresql":
        return rows.filter(wanted)
    sql, values = ServiceRequest.objects.filter(wanted).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        # Names and conditions are those of the query of Django; the values are given beside it.
        cursor.execute(f"WITH hit AS MATERIALIZED ({sql}) SELECT * FROM hit LIMIT {MOST_KEYS + 1}", values)  # noqa: S608
        keys = [key for (key,) in cursor.fetchall()]
    if len(keys) > MOST_KEYS:
        return rows.filter(wanted)
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [keys]))


def having(said: str, words: list[str]) -> Q:
    """Requests with this number, or with every one of `words`."""
    found = Q(search_text__has_words=[[word] for word in words])
    numbers = numbers_of(said)
    return found | Q(number__in=numbers) if numbers else found


def numbers_of(said: str) -> list[str]:
    """The numbers of requests that somebody may mean by "SR-2026-000123", "2026-123" or "123"; none for anything else."""
    match = NUMBER.fullmatch(said.strip())
    if match is None or not match[2].isascii():
        return []
    this = now().year
    years = [match[1]] if match[1] else [str(year) for year in range(this, this - YEARS, -1)]
    return [f"SR-{year}-{int(match[2]):06d}" for year in years]
