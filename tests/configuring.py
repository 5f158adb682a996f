"""An administrator's browser, and teams with somebody in them, for tests of configured types."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from approvals.models import StepApprover
from portal import ids
from portal.accounts.models import Location, Team
from portal.desk.seed.hours import sow_hours
from portal.desk.seed.places import sow_places
from requests_app import asking, lifecycle
from requests_app.models import Category, ServiceRequest
from tests import journeys, personas

TEAMS = {"domestic", "library", "linen", "estates", "hr", "it", "waste", "triage"}


def crew(world: SimpleNamespace) -> dict[str, Any]:
    """One member of each of TEAMS and of the store, by code of the team."""
    sow_places(code="SBG", only=TEAMS)
    sow_hours(hospital=world.hospital, by=world.system)
    found = {
        team.code: personas.person(f"member.{team.code}", role="fulfiller", place=team)
        for team in Team.objects.filter(hospital=world.hospital, code__in=TEAMS)
    }
    return found | {"stores": world.storekeeper}


def post(client: Client, page: str, /, *args: Any, status: int = 302, **data: Any) -> HttpResponse:
    """One form of the editor, sent without script."""
    response = client.post(reverse(f"desk:{page}", args=args), data)
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


def new_type(client: Client, name: str, *, kind: str = "form") -> str:
    """Made on the page; its code."""
    made = post(client, "type-new", name=name, hint="For a test", kind=kind, icon="file-text")
    return made["Location"].rstrip("/").rpartition("/")[2]


TIMES = {
    "response": 4, "response_unit": "wh", "fulfilment": 2, "fulfilment_unit": "wd", "calendar": "office",
}  # fmt: skip


def ask(client: Client, code: str, **answers: Any) -> ServiceRequest:
    """Sent with the form of the type; without script: one POST."""
    page = client.get(reverse("requests:ask-new", args=[code]))
    form = page.context["form"]
    typed = {f"q-{key}": value for key, value in answers.items()}
    data = {
        "client_key": form.draft.client_key,
        "department": form.draft.department_id,
        "do": "send",
        **typed,
    }
    response = client.post(reverse("requests:ask-new", args=[code]), data)
    assert response.status_code == 302, response.content.decode()[-3000:]
    public_id = response["Location"].split("/requests/")[1].split("/")[0]
    return ServiceRequest.objects.get(public_id=public_id)


def decide(request: ServiceRequest) -> None:
    """Whoever is asked agrees, until nobody is."""
    while steps := journeys.open_steps(request):
        by = StepApprover.objects.filter(step=steps[0]).first()
        assert by
        journeys.approve(request, by.user)


def do(client: Client, request: ServiceRequest) -> None:
    """Taken and done in the list of the team."""
    taken = client.post(reverse("requests:take", args=[request.public_id]))
    done = client.post(reverse("requests:finish", args=[request.public_id]), {"outcome": "done"})
    assert (taken.status_code, done.status_code) == (302, 302)


def turnover(world: SimpleNamespace, **answers: Any) -> ServiceRequest:
    """A room turnover of the nurse, sent."""
    room = Location.objects.filter(department=world.ward, kind=Location.Kind.SIDE_ROOM).order_by("code")[0]
    draft = asking.save_answers(
        by=world.nurse,
        client_key=ids.key(),
        category=Category.objects.get(code="room_turnover"),
        department=world.ward,
        answers={"place": room.code, "what": "discharge", "precautions": ["standard"]} | answers,
    )
    return lifecycle.submit(public_id=draft.public_id, by=world.nurse, seen="")
