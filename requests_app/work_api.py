"""Doors of the API for requests that are made of answers: their types, and what sender, ward and team do with them."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door
from portal.ids import key
from requests_app import access, asking, choosing, lifecycle, outcomes, screening, work
from requests_app.kinds import KINDS
from requests_app.serializers import RequestBrief
from requests_app.supplies import drafting
from requests_app.work_serializers import FinishBody, ReasonBody, TypesAsked, TypesShown


class Types(Door):
    @extend_schema(
        operation_id="types",
        summary="What may I ask for on this ward?",
        parameters=[TypesAsked],
        responses=TypesShown,
        tags=["Drafts"],
    )
    def index(self, request: Request) -> Response:
        """Kinds of request with their questions; supplies have none, they have lines."""
        ward = self.query(TypesAsked)["department"]
        drafting.check_place(person(request), ward, None)
        found = []
        for category in choosing.offered(ward.hospital):
            kind = KINDS.get(category.kind)
            draft = asking.empty_draft(
                by=person(request), category=category, department=ward, client_key=key(), answers={}
            )
            ends = outcomes.of(category.kind) if kind else {}
            found.append(
                {
                    "category": category,
                    "questions": kind.questions(draft) if kind else [],
                    "outcomes": [{"code": code, "label": words} for code, words in ends.items()],
                }
            )
        return Response(TypesShown({"results": found}).data)


class Work(Door):
    @extend_schema(
        operation_id="request_withdraw",
        summary="Take it back to change it",
        request=None,
        responses=RequestBrief,
        tags=["Requests"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def withdraw(self, request: Request, public_id: str) -> Response:
        """Your own, until somebody has decided. Write its draft anew with its `client_key` and submit it again."""
        case = access.get_request(person(request), public_id)
        return self._brief(lifecycle.withdraw(request=case, by=person(request)))

    @extend_schema(
        operation_id="request_reopen",
        summary="It was not right: back to the team",
        request=ReasonBody,
        responses=RequestBrief,
        tags=["Requests"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def reopen(self, request: Request, public_id: str) -> Response:
        """Work that ended within 14 days, by somebody of the ward."""
        wanted, user = self.body(ReasonBody), person(request)
        case, texts = access.get_request(user, public_id), {"reason": wanted["reason"]}
        screening.ask(texts, agreed=wanted["patient_data_ok"])
        reopened = lifecycle.reopen(request=case, by=user, reason=wanted["reason"])
        screening.record_kept(request=reopened, by=user, texts=texts)
        return self._brief(reopened)

    @extend_schema(
        operation_id="request_take",
        summary="I have it",
        request=None,
        responses=RequestBrief,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def take(self, request: Request, public_id: str) -> Response:
        """A member of its team has it from now on. Who was first is named to everybody else (409)."""
        case = access.get_request(person(request), public_id)
        return self._brief(work.take(request=case, by=person(request)))

    @extend_schema(
        operation_id="request_finish",
        summary="It is done",
        request=FinishBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def finish(self, request: Request, public_id: str) -> Response:
        """A member of its team says how it ended; it is closed then."""
        wanted, user = self.body(FinishBody), person(request)
        case, texts = access.get_request(user, public_id), {"note": wanted["note"]}
        screening.ask(texts, agreed=wanted["patient_data_ok"])
        done = work.finish(request=case, by=user, outcome=wanted["outcome"], note=wanted["note"])
        screening.record_kept(request=done, by=user, texts=texts)
        return self._brief(done)

    def _brief(self, case: object) -> Response:
        return Response(RequestBrief(case).data)
