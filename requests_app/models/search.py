"""What makes rows be found by words: the text that they are found by, and every word that one of them has."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from requests_app.finding import words

MOST_ALIKE = 2000  # words that begin or end alike and are looked at


class SearchWordManager(models.Manager["SearchWord"]):
    def learn(self, text: str) -> None:
        """Know the words of `text` (`words.indexed`) from now on. One query, two if there are new ones."""
        found = set(text.split())
        new = found - set(self.filter(word__in=found).values_list("word", flat=True))
        self.bulk_create(
            [SearchWord(word=one, backwards=one[::-1]) for one in sorted(new)], ignore_conflicts=True
        )

    def near(self, wanted: Iterable[str]) -> dict[str, list[str]]:
        """For each of `wanted` the known words that are one slip of the finger away, itself aside. One query at most."""
        asked = [one for one in dict.fromkeys(wanted) if len(one) >= words.SHORTEST_TYPO]
        alike = Q(pk__in=[])
        for one in asked:
            begin, end = words.ends_intact(one)
            alike |= Q(word__startswith=begin) if begin else Q()
            alike |= Q(backwards__startswith=end[::-1]) if end else Q(size__lte=len(one) + 1)
        if not asked:
            return {}
        known = list(
            self.alias(size=Length("word")).filter(alike).values_list("word", flat=True)[:MOST_ALIKE]
        )
        return {one: [word for word in known if word != one and words.near(one, word)] for one in asked}


class SearchWord(models.Model):
    """A word of something that can be found. Words of requests are not among them: what is proposed tells nothing of those."""

    word = models.CharField(max_length=words.LONGEST, unique=True)
    backwards = models.CharField(max_length=words.LONGEST, db_index=True)

    objects = SearchWordManager()

    def __str__(self) -> str:
        return self.word


class Findable(models.Model):
    """A row of master data that is found by words; `save` keeps them. What writes past `save` writes `search_text` too."""

    search_text = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        text = words.indexed(self.found_by())
        if text != self.search_text:
            self.search_text = text
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
            SearchWord.objects.learn(text)
        super().save(*args, **kwargs)

    def found_by(self) -> list[str]:
        """Names, what it is also called, and codes, each as one part."""
        raise NotImplementedError


@models.TextField.register_lookup
class HasWords(models.Lookup):
    """`search_text__has_words=[["glove", "gloves"], ["nitrile"]]`: of each group one begins a word of the text.

    Full text search on PostgreSQL, with an index on requests (migration 0014); elsewhere LIKE.
    """

    lookup_name = "has_words"
    prepare_rhs = False

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        text, given = self.process_lhs(compiler, connection)
        groups, values = [], []
        for group in self.rhs:
            groups.append("(" + " OR ".join([f"{text} LIKE %s"] * len(group)) + ")")
            for one in group:
                values += [*given, f"% {one}%"]
        return " AND ".join(groups) or "1 = 1", values

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        text, given = self.process_lhs(compiler, connection)
        query = " & ".join("(" + " | ".join(f"'{one}':*" for one in group) + ")" for group in self.rhs)
        return f"to_tsvector('simple'::regconfig, {text}) @@ to_tsquery('simple'::regconfig, %s)", [
            *given,
            query,
        ]
