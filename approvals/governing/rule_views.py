"""Rules of a draft, one at a time."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals.governing import kept, revising, rights, sentences
from approvals.governing.rule_editor import RuleEditor
from approvals.governing.showing import Shown
from approvals.routing import Rule
from portal.accounts.place import person
from portal.errors import Invalid, NotFound, StaleState, WrongState
from portal.web import door

ACTS = {
    "move": revising.move_rule,
    "drop": revising.drop_rule,
    "withdraw": revising.withdraw,
    "restore": revising.restore,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def rule(request: HttpRequest, pk: int, code: str = "") -> HttpResponse:
    """A new rule, the one with this code, or at a hospital one in the place of the group's."""
    rights.check_writes(person(request))
    at = _draft(request, pk)
    held, given = _found(at, code)
    editor = RuleEditor(request.POST if request.method == "POST" else None, held=held, given=given)
    status = 200
    if request.method == "POST":
        status = 200 if editor.adding else 422
        if editor.is_valid():
            status = _kept(request, at, editor)
        if status == 302:
            return redirect("policies:policy", pk)
    context = {"shown": at, "editor": editor, "now": _in_words(at, held or given)}
    return render(request, "approvals/policy_rule.html", context, status=status)


def _kept(request: HttpRequest, at: Shown, editor: RuleEditor) -> int:
    """302 when it is; nothing that was typed is lost when it is not."""
    try:
        editor.keep(at.policy, at.version, by=person(request))
    except Invalid:
        return 422
    except StaleState:
        said = _(
            "Somebody changed this rule while you were writing: above is what it says now. Save again to put yours there."
        )
        editor.overtaken(said)
        return 409
    return 302


def _draft(request: HttpRequest, pk: int) -> Shown:
    """Raises NotFound, WrongState when it is no draft any more."""
    at = Shown(kept.policy(pk), person(request))
    if not at.is_draft:
        raise WrongState(_("Only a draft is changed: begin a new version."))
    return at


def _found(at: Shown, code: str) -> tuple[Rule | None, Rule | None]:
    """The rule of the version, else the one of the group that another is to stand in for. Raises NotFound."""
    held = at.version.find(code)
    given = at.group.find(code) if at.group and not held else None
    if code and held is None and given is None:
        raise NotFound
    return held, given


def _in_words(at: Shown, rule: Rule | None) -> str:
    return sentences.whole(rule, at.words) if rule else ""


@login_required
@require_POST
@door
def act(request: HttpRequest, pk: int, code: str, name: str) -> HttpResponse:
    """Further up, out, and at a hospital: not here, here again."""
    ACTS[name](policy_id=pk, code=code, by=person(request))
    return redirect("policies:policy", pk)
