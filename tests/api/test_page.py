"""The page of the API and its description are there for who signed in, and say what is true."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal import openapi, problems
from portal.desk.api_page import page
from tests.api.calls import Caller, caller, refused
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


def test_the_page_names_every_operation_refusal_and_shape(world: SimpleNamespace) -> None:
    answer = signed_in(world.nurse).get(reverse("desk:api"))
    said = answer.content.decode()
    operations = [one.name for group in page().groups.values() for one in group]
    assert len(operations) == len(set(operations)) > 15
    for place in [*operations, *(f"problem-{code}" for code in problems.KINDS)]:
        assert f'id="{place}"' in said, place
    for name in openapi.schema()["components"]["schemas"]:
        assert f'id="shape-{name}"' in said, name


def test_nobody_reads_it_without_signing_in(client, world: SimpleNamespace) -> None:
    assert client.get(reverse("desk:api")).status_code == 302
    refused(client.get(reverse("api:openapi")), 401, "not_signed_in")


def test_the_description_is_an_openapi_document(world: SimpleNamespace) -> None:
    said = caller(world.nurse, "read").get("openapi.json")
    assert said["openapi"].startswith("3.1")
    assert set(said["components"]["securitySchemes"]) == {"token", "session"}
    for path in said["paths"].values():
        for method in openapi.METHODS:
            if method in path:
                assert path[method]["summary"]
                assert {"400", "401", "406"} <= set(path[method]["responses"])


@pytest.mark.parametrize("path", ["nothing", "requests/", "requests/a/b", "drafts/not-a-uuid", "me/"])
def test_what_is_not_there_is_a_problem_too(world: SimpleNamespace, path: str) -> None:
    who: Caller = caller(world.nurse)
    refused(who.send("GET", path), 404, "not_found")
