"""What somebody's words find among master data: every word has to be there, one slip of the finger aside; best match first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Q, QuerySet

from requests_app.finding import words
from requests_app.models.search import Findable, SearchWord

LOOKED_AT = 300  # rows that are ranked
MOST_NEAR = 60  # known words that one word may stand for
WHOLE, BEGINS, HOLDS, NEAR, MISSING = 0.0, 1.0, 2.0, 3.0, 4.0
F = TypeVar("F", bound=Findable)


@dataclass(frozen=True)
class Question:
    """`words` as typed, all of them as one word in `joined`, and what each may stand for in `near`."""

    words: list[str]
    joined: str
    near: dict[str, list[str]] = field(default_factory=dict)

    def other(self, word: str) -> list[str]:
        return self.near.get(word, [])[:MOST_NEAR]

    @property
    def groups(self) -> list[list[str]]:
        """For `has_words`: each word with what it may stand for."""
        return [[word, *self.other(word)] for word in self.words]


def read(text: str) -> Question:
    """What `text` asks for. One query, none without words."""
    found = words.tokens(text)[: words.MOST]
    asked = Question(found, "".join(found)[: words.LONGEST])
    return Question(asked.words, asked.joined, SearchWord.objects.near([*found, asked.joined]))


def among(rows: QuerySet[F], asked: Question, *, limit: int) -> list[F]:
    """The best of `rows`, at most `limit`. One query; none without words."""
    if not asked.words:
        return []
    # A single letter, as of a size, decides which comes first, not whether: else a slip in it would hide all.
    needed = [word for word in asked.words if len(word) > 1] or asked.words
    every = Q()
    for word in needed:
        every &= Q(search_text__contains=word) | _any_of(asked.other(word))
    as_one = Q(search_text__contains=asked.joined) | _any_of(asked.other(asked.joined))
    return best(list(rows.filter(every | as_one)[:LOOKED_AT]), asked, limit=limit)


def _any_of(whole: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for one in whole:
        found |= Q(search_text__contains=f" {one} ")
    return found


def best(rows: list[F], asked: Question, *, limit: int) -> list[F]:
    """`rows` in the order of how well they match. PURE."""
    return sorted(rows, key=lambda row: (score(row.search_text, asked), str(row)))[:limit]


def score(text: str, asked: Question) -> float:
    """How far `text` is from what was asked: 0 where it is what one of its parts says, 3 and more for a slip. PURE."""
    own = set(text.split())
    if asked.joined in own:
        return WHOLE
    if own.intersection(asked.other(asked.joined)):
        return NEAR
    return max(_of_word(word, own, text, asked) for word in asked.words) + 0.5


def _of_word(word: str, own: set[str], text: str, asked: Question) -> float:
    if word in own:
        return WHOLE
    if f" {word}" in text:
        return BEGINS
    if word in text:
        return HOLDS
    return NEAR if own.intersection(asked.other(word)) else MISSING


def alike(text: str, asked: Question) -> float:
    """As `score`, for a text (`words.indexed`) whose words are not in the table of known words. PURE."""
    known = text.split()
    wanted = [*asked.words, asked.joined]
    near = {one: [word for word in known if word != one and words.near(one, word)] for one in wanted}
    return score(text, Question(asked.words, asked.joined, near))
