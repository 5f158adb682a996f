"""The API answers as its description says, to whatever is sent, for three roles: no server error, nothing undocumented.

Schemathesis makes the calls from the description itself: valid ones, ones with a mistake, ones at every border. So that
not all of them end at "not there", a valid call often names something that exists (`known`).
"""

import copy
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from portal import openapi
from portal.accounts import scopes
from portal.clock import now
from portal.wsgi import application
from requests_app import waiting, work
from tests import journeys, moving, personas, repairs
from tests.api.calls import caller, drafted

DEEP = bool(os.environ.get("TEST_DEEP"))
EXAMPLES = int(
    os.environ.get("API_EXAMPLES", 150 if DEEP else 3)
)  # random calls of one operation, beside those at borders
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
    ignored_auth,
]
COUNTED: dict[str, Counter[int]] = {"nurse": Counter(), "head": Counter(), "worker": Counter()}
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120 if EXAMPLES < 10 else 900)]


def in_this_transaction(environ: Any, start_response: Any) -> Any:
    """The portal, without closing the connection after the call (a test client closes it none either)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    return application(environ, start_response)


def described(description: dict[str, Any]) -> Any:
    """The schema of a description, whose calls go to the portal in this process."""
    generation = {"max-examples": EXAMPLES, "deterministic": True}
    config = schemathesis.Config.from_dict({"seed": 1, "generation": generation})
    schema = schemathesis.openapi.from_dict(description, config=config)
    schema.app = in_this_transaction
    return schema


api = described(openapi.schema())


@pytest.fixture(scope="module")
def hospital(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """One world for all operations; every call runs in its transaction, which is rolled back at the end."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media):
        yield personas.world()
        transaction.set_rollback(True)
    for name, counts in COUNTED.items():
        print(f"{name}: {counts.total()} calls, {dict(sorted(counts.items()))}")  # shown by pytest -s
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def nurse(hospital: SimpleNamespace) -> SimpleNamespace:
    return role(hospital, "nurse")


@pytest.fixture(scope="module")
def head(hospital: SimpleNamespace) -> SimpleNamespace:
    return role(hospital, "head")


@pytest.fixture(scope="module")
def worker(hospital: SimpleNamespace) -> SimpleNamespace:
    """Of a workshop, of the store and a porter, with work that is free, in hand, waiting, asked about and to be carried."""
    world = moving.porters(repairs.equip(hospital))
    world.worker = personas.person("wes.worker", role="team_lead", place=world.teams["biomed"])
    for team in (world.porters, world.teams["stores"]):
        scopes.grant(user=world.worker, role="fulfiller", place=team, by=scopes.system_user())
    in_store = journeys.approved(world, world.colleague, GLV_NIT_M=6)
    cases = [repairs.sent(world) for _ in range(4)]
    moves = [moving.sent(world) for _ in range(3)]
    for mine in (*cases[1:], moves[0]):
        work.take(request=journeys.fresh(mine), by=world.worker)
    waiting.wait(request=journeys.fresh(cases[2]), by=world.worker, reason="not_clean")
    asked = waiting.ask_ward(request=journeys.fresh(cases[3]), by=world.worker, text="Is it clean?")
    who = caller(world.worker)
    return SimpleNamespace(
        name="worker",
        headers={"Authorization": f"Bearer {who.secret}"},
        counts=COUNTED["worker"],
        public_id=[one.public_id for one in (in_store, *cases, *moves)],
        id=[line.public_id for line in in_store.lines.all()],
        ref=[asked.ref],
        team=["biomed", "estates", "porters"],
        to=["wes.worker", "eva.berg"],
        person=["tom.reid", "eva.berg"],
        username=["tom.reid", "eva.berg"],
        again_at=[None, (now() + timedelta(days=2)).isoformat()],
        wristband=[True],
    )


def role(world: SimpleNamespace, name: str) -> SimpleNamespace:
    """A program that acts as that person, and what there is for it: ids, items, places, what was shown."""
    waiting = journeys.sent(world, world.colleague, NPW_KIT=1)
    in_store = journeys.approved(world, world.colleague, GLV_NIT_M=6)
    who = caller(getattr(world, name))
    draft = drafted(who, world, GLV_NIT_M=2)
    step = journeys.open_steps(waiting)[0]
    return SimpleNamespace(
        name=name,
        headers={"Authorization": f"Bearer {who.secret}"},
        counts=COUNTED[name],
        public_id=[draft["id"], waiting.public_id, in_store.public_id],
        client_key=[draft["client_key"]],
        ref=[step.ref],
        seen=[draft["seen"], journeys.seen(waiting)],
        department=["SBG/7B", "SBG/5C"],
        hospital=["SBG"],
        code=["GLV-NIT-M", "NPW-KIT"],
        id=[line.public_id for line in in_store.lines.all()],
        deliver_to=[None, world.deliver_to.code],
    )


@pytest.mark.long
@api.parametrize()
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_it_answers_a_nurse_as_it_is_described(case: Any, nurse: SimpleNamespace) -> None:
    ask(case, nurse)


@pytest.mark.long
@api.parametrize()
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_it_answers_a_head_as_it_is_described(case: Any, head: SimpleNamespace) -> None:
    ask(case, head)


@pytest.mark.long
@api.include(tag=["Work", "Store", "Talk"]).parametrize()
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_it_answers_who_does_the_work_as_it_is_described(case: Any, worker: SimpleNamespace) -> None:
    ask(case, worker)


def test_a_description_that_leaves_something_out_is_found(nurse: SimpleNamespace) -> None:
    """The control: without its 404, or with another shape of answer, an operation no longer answers as it is described."""
    described_well = described(openapi.schema())
    asks = described_well["/api/v1/requests/{public_id}"]["GET"].Case(
        path_parameters={"public_id": "nothing"}
    )
    asks.call_and_validate(headers=nurse.headers, checks=CHECKS[:5])
    leaves_out = copy.deepcopy(openapi.schema())
    del leaves_out["paths"]["/api/v1/requests/{public_id}"]["get"]["responses"]["404"]
    leaves_out["components"]["schemas"]["MeShown"]["properties"]["username"] = {"type": "integer"}
    wrong = described(leaves_out)
    for case in (
        wrong["/api/v1/requests/{public_id}"]["GET"].Case(path_parameters={"public_id": "nothing"}),
        wrong["/api/v1/me"]["GET"].Case(),
    ):
        with pytest.raises(FailureGroup):
            case.call_and_validate(headers=nurse.headers, checks=CHECKS[:5])


def ask(case: Any, role: SimpleNamespace) -> None:
    name_what_exists(case, role)
    checks = [check for check in CHECKS if check is not negative_data_rejection or not of_a_file(case)]
    response = case.call_and_validate(headers=role.headers, checks=checks)
    role.counts[response.status_code] += 1


def of_a_file(case: Any) -> bool:
    """Of a post with files schemathesis calls some wrong whose parts are as they should be."""
    return case.media_type == "multipart/form-data"


def name_what_exists(case: Any, role: SimpleNamespace) -> None:
    """Put something that exists into two of three valid calls."""
    meta = case.meta
    if meta is None or meta.generation.mode != GenerationMode.POSITIVE or len(repr(case.body)) % 3 == 0:
        return
    for name in list(case.path_parameters or {}):
        case.path_parameters[name] = pick(role, name, case)
    for name in list(case.query or {}):
        if hasattr(role, name):
            case.query[name] = pick(role, name, case)
    case.body = named(case.body, role, case)


def named(body: Any, role: SimpleNamespace, case: Any) -> Any:
    if isinstance(body, dict):
        return {
            name: pick(role, name, case)
            if name != "lines" and hasattr(role, name)
            else named(value, role, case)
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [pick(role, "id", case) if isinstance(one, str) else named(one, role, case) for one in body]
    return body


def pick(role: SimpleNamespace, name: str, case: Any) -> Any:
    choices = getattr(role, name)
    return choices[len(repr(case.body) + repr(case.query)) % len(choices)]
