"""Finding colleagues: names and wards of the hospitals where somebody works, nothing else about them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from portal.accounts import scopes
from portal.accounts.models import Department, Hospital, Membership, User
from portal.accounts.roles import roles_with
from portal.clock import now

MOST = 10
SHORTEST = 2  # characters


@dataclass(frozen=True)
class Colleague:
    """`username`: the name that they sign in with, which a form takes."""

    username: str
    name: str
    where: str


def find(by: User, words: str) -> list[Colleague]:
    """At most ten active people of the hospitals where `by` works, every word the beginning of a name. Three queries.

    Nobody for fewer than two characters.
    """
    terms = words.split()
    if len("".join(terms)) < SHORTEST:
        return []
    people = at(list(scopes.hospitals_of(by)))
    for term in terms[:4]:
        people = people.filter(
            Q(first_name__istartswith=term) | Q(last_name__istartswith=term) | Q(username__istartswith=term)
        )
    held = Membership.objects.current(now()).select_related("department", "team", "hospital").order_by("pk")
    rows = people.prefetch_related(Prefetch("memberships", held, to_attr="present"))
    found = rows.order_by("last_name", "first_name", "pk")[:MOST]
    return [Colleague(person.username, person.get_full_name(), _where(person.present)) for person in found]


def at(hospitals: list[Hospital]) -> QuerySet[User]:
    """Active people who work at one of `hospitals` today. Lazy."""
    held = Membership.objects.current(now()).filter(
        Q(hospital__in=hospitals) | Q(department__hospital__in=hospitals) | Q(team__hospital__in=hospitals),
        user=OuterRef("pk"),
    )
    return User.objects.filter(Exists(held), is_active=True, kind=User.Kind.PERSON)


def named(hospital: Hospital, name: str) -> User | None:
    """The one person of `hospital` who is called that, first name and last; None: nobody, or several. One query."""
    first, _space, last = name.strip().rpartition(" ")
    if not first:
        return None
    found = list(at([hospital]).filter(first_name__iexact=first.strip(), last_name__iexact=last)[:2])
    return found[0] if len(found) == 1 else None


def home_ward(user: User, hospital: Hospital) -> Department | None:
    """The ward or department of `hospital` to which `user` belongs by their first role there. One query."""
    there = Membership.objects.current(now()).filter(
        user=user,
        department__hospital=hospital,
        department__active=True,
        role__in=roles_with("work_here", "department"),
    )
    held = there.select_related("department__hospital").order_by("pk").first()
    return held.department if held else None


def leaves_at(user: User) -> Membership | None:
    """The role of `user` that ends last, if every one of them ends; None: they stay. One query."""
    held = list(Membership.objects.current(now()).filter(user=user))
    if not held or any(one.valid_until is None for one in held):
        return None
    return max(held, key=lambda one: one.valid_until or one.valid_from)


def _where(held: list[Membership]) -> str:
    """Their ward, else their team, else their hospital."""
    placed = sorted(
        (one for one in held if one.place), key=lambda one: ("department", "team", "hospital").index(one.kind)
    )
    return str(placed[0].place) if placed else ""
