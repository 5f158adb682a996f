"""What a porter has to have learnt for some moves, who has, and who may therefore take them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Membership
from portal.clock import now

if TYPE_CHECKING:
    from portal.accounts.models import Team, User

# what moves -> code and words of the skill
SKILL_OF: dict[str, tuple[str, str | Promise]] = {
    "patient": ("moving_handling", gettext_lazy("moving and handling")),
    "blood": ("blood", gettext_lazy("blood trained")),
    "gas": ("medical_gas", gettext_lazy("medical gas trained")),
    "after_death": ("deceased", gettext_lazy("trained for transfers after death")),
}


class Skills:
    """Who of some teams has learnt what. A team that records skills of nobody keeps none: anybody in it may do all."""

    def __init__(self, teams: "Iterable[Team | int]") -> None:
        """One query."""
        keys = [team if isinstance(team, int) else team.pk for team in teams]
        held = Membership.objects.current(now()).filter(team__in=keys).exclude(skills="")
        self._of: dict[int, dict[int, set[str]]] = {}
        for team, user, skills in held.order_by().values_list("team_id", "user_id", "skills"):
            self._of.setdefault(team, {}).setdefault(user, set()).update(skills.split())

    def has(self, user: "User | int", team: int, what: str) -> bool:
        """May this member of `team` move `what`?"""
        if what not in SKILL_OF or team not in self._of:
            return True
        key = user if isinstance(user, int) else user.pk
        return SKILL_OF[what][0] in self._of[team].get(key, set())

    def anybody(self, team: int, what: str) -> bool:
        """Is there one in `team` who may move `what`?"""
        return team not in self._of or any(self.has(user, team, what) for user in self._of[team])

    def beyond(self, user: "User", team: int) -> list[str]:
        """What this member of `team` may not move."""
        return [what for what in SKILL_OF if not self.has(user, team, what)]


def refusal(what: str) -> str:
    """Why somebody without the skill may not have it."""
    return _("Only for porters who are %(skill)s.") % {"skill": SKILL_OF[what][1]}
