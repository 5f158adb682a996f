"""Who stands in for somebody now and soon, whom they stand in for, and what would move. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import cover
from approvals.models import Absence, ApprovalStep, Delegation, StepApprover
from portal.accounts import scopes
from portal.accounts.models import Membership, User
from portal.clock import now
from portal.errors import NotFound
from requests_app.models import Category


@dataclass(frozen=True)
class Cover:
    """`lent` and `received` are not over and not for whenever somebody is away; those have `alternate` and `alternate_of`."""

    away: Absence | None
    coming: list[Absence]
    lent: list[Delegation]
    received: list[Delegation]
    alternate: Delegation | None
    alternate_of: list[Delegation]
    waiting: int  # open decisions that are asked of this person in their own right

    @property
    def stands_in(self) -> list[Delegation]:
        """What lets somebody decide in this person's place at this moment."""
        running = [one for one in self.lent if one.starts_at <= now()]
        return running + ([self.alternate] if self.away and self.alternate else [])

    @property
    def uncovered_from(self) -> datetime | None:
        """From when on nobody who was named stands in while this person is away; None: somebody does, or nobody ever did."""
        if self.away is None or self.alternate is not None:
            return None
        until = [one.ends_at for one in self.stands_in if one.ends_at is not None]
        last = max(until, default=None)
        return last if last is not None and last < self.away.ends_at else None


def overview(user: User) -> Cover:
    """Everything that the page of cover shows of `user`. Four queries, five where only some types were lent."""
    moment = now()
    mine = Q(grantor=user) | Q(delegate=user)
    kept = Delegation.objects.filter(mine, Q(ends_at=None) | Q(ends_at__gt=moment), revoked_at=None)
    held = list(kept.select_related("grantor", "delegate", "absence").order_by("starts_at", "pk"))
    if wanted := {code for one in held for code in one.categories}:
        names = dict(Category.objects.filter(code__in=wanted).values_list("code", "name"))
        for one in held:
            one.types = [names.get(code, code) for code in one.categories]  # type: ignore[attr-defined]
    lent = [one for one in held if one.grantor_id == user.pk]
    received = [one for one in held if one.delegate_id == user.pk]
    absences = list(Absence.objects.filter(user=user, ends_at__gt=moment, called_off_at=None))
    return Cover(
        away=next((one for one in absences if one.starts_at <= moment), None),
        coming=[one for one in absences if one.starts_at > moment],
        lent=[one for one in lent if not one.standing],
        received=[one for one in received if not one.standing],
        alternate=next((one for one in lent if one.standing), None),
        alternate_of=[one for one in received if one.standing],
        waiting=_asked(user).count(),
    )


def suggested(user: User) -> QuerySet[User]:
    """Who may stand in, by name. One query."""
    return cover.candidates(user).order_by("last_name", "first_name", "pk")


def usual_deputy(user: User) -> User | None:
    """Who is offered first: the alternate, else who stood in last. One query."""
    given = Delegation.objects.filter(grantor=user).select_related("delegate")
    last = given.filter(Q(revoked_at=None) | Q(standing=False)).order_by("-standing", "-pk").first()
    return last.delegate if last and last.delegate.is_active else None


def moves(
    user: User,
    to: User | None,
    *,
    lent: bool = False,
    limit: Decimal | None = None,
    categories: Iterable[str] = (),
) -> str:
    """What of the open decisions of `user` moves to `to` now, as a sentence. One query.

    `lent`: `user` is here, so that nothing moves away from them; without `to` there is nothing to say then.
    """
    asked = _asked(user)
    if to is None and lent:
        return ""
    if to is None:
        count = asked.count()
        return ngettext(
            "%(n)s open decision goes to your colleagues of the same role, else to the next authority.",
            "%(n)s open decisions go to your colleagues of the same role, else to the next authority.",
            count,
        ) % {"n": count}
    request = "step__approval__request__"
    own = (
        Q(**{f"{request}requester": to})
        | Q(**{f"{request}filed_by": to})
        | Q(**{f"{request}beneficiary": to})
    )
    asked = asked.exclude(own)
    if limit is not None:
        asked = asked.filter(**{f"{request}base_amount__lt": limit})
    if categories:
        asked = asked.filter(**{f"{request}category__code__in": list(categories)})
    count = asked.count()
    if lent:
        said = ngettext(
            "%(name)s may take %(n)s open decision of yours, and so may you.",
            "%(name)s may take %(n)s open decisions of yours, and so may you.",
            count,
        )
    else:
        said = ngettext(
            "%(n)s open decision goes to %(name)s.", "%(n)s open decisions go to %(name)s.", count
        )
    return said % {"n": count, "name": to.get_full_name()}


def too_short(to: User | None, starts_at: datetime, ends_at: datetime) -> str:
    """That `to` cannot stand in for the whole of an absence, and until when they do; '' where they can. No query."""
    if to is None or ends_at - starts_at <= cover.LONGEST:
        return ""
    last = date_format(localtime(starts_at + cover.LONGEST), "l j F, H:i")
    return _(
        "A right is lent for 28 days at most: %(name)s stands in until %(until)s. After that your alternate is asked, "
        "else your colleagues, then the next authority."
    ) % {"name": to.get_full_name(), "until": last}


def warnings(user: User, to: User, starts_at: datetime, ends_at: datetime | None) -> list[str]:
    """What to know before `to` stands in for `user`; nothing of it forbids it. Three queries."""
    said, name = [], to.get_full_name()
    request = "step__approval__request__"
    own = (
        Q(**{f"{request}requester": to})
        | Q(**{f"{request}filed_by": to})
        | Q(**{f"{request}beneficiary": to})
    )
    works = Membership.objects.current(now()).filter(user=to, department__isnull=False).values("department")
    heads = Membership.objects.current(now()).filter(user=user, role="head", department__in=works)
    if heads.exists() or _asked(user).filter(own).exists():
        said.append(
            _("Requests of %(name)s come to you. They cannot decide those: the next authority is asked.")
            % {"name": name}
        )
    away = Absence.objects.filter(user=to, called_off_at=None, ends_at__gt=starts_at)
    if ends_at is not None:
        away = away.filter(starts_at__lt=ends_at)
    if away.exists():
        said.append(
            _("%(name)s is away in that time. Meanwhile your colleagues or the next authority are asked.")
            % {"name": name}
        )
    if Delegation.objects.in_force(now()).filter(grantor=to, delegate=user).exists():
        said.append(_("You stand in for %(name)s. What was lent to you is not lent on.") % {"name": name})
    return said


def absence_of(user: User, **which: object) -> Absence:
    """An absence of `user`, by its key or its `starts_at`; the last one that was declared. Raises NotFound."""
    found = Absence.objects.select_related("user").filter(user=user, **which).order_by("-pk").first()
    if found is None:
        raise NotFound
    return found


def find_person(user: User, username: str) -> User:
    """Somebody who may stand in for `user`, by sign-in name; else somebody whom the verb refuses. Raises NotFound."""
    found = User.objects.filter(username=username, kind=User.Kind.PERSON).first()
    if found is None or not scopes.hospitals_of(user).exists():
        raise NotFound
    return found


def _asked(user: User) -> QuerySet[StepApprover]:
    state = ApprovalStep.State.OPEN
    return StepApprover.objects.filter(user=user, open=True, on_behalf_of=None, step__state=state)
