"""Doors of the API for requests that are made of answers: their types, and what sender, ward and team do with them."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door, page_of
from portal.errors import Invalid
from portal.ids import key
from requests_app import (
    access,
    asking,
    choosing,
    lifecycle,
    outcomes,
    queueing,
    screening,
    waiting,
    ward_questions,
    work,
)
from requests_app.kinds import KINDS
from requests_app.serializers import RequestBrief
from requests_app.supplies import drafting
from requests_app.work_serializers import (
    AnswerBody,
    AskBody,
    AssignBody,
    FinishBody,
    PassBody,
    ReasonBody,
    TypesAsked,
    TypesShown,
    WaitBody,
    WardQuestionShown,
    WorkAsked,
    WorkRow,
)


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
        """A member of its team says how it ended, with minutes, parts and a test where there were any; it is closed then."""
        wanted, user = self.body(FinishBody), person(request)
        case, texts = access.get_request(user, public_id), {"note": wanted["note"]}
        screening.ask(texts, agreed=wanted.pop("patient_data_ok"))
        done = work.finish(request=case, by=user, **wanted)
        screening.record_kept(request=done, by=user, texts=texts)
        return self._brief(done)

    def _brief(self, case: object) -> Response:
        return Response(RequestBrief(case).data)


class TeamWork(Door):
    @extend_schema(
        operation_id="work",
        summary="What do my teams have to do?",
        parameters=[WorkAsked],
        responses=page_of(WorkRow),
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed"]},
    )
    def index(self, request: Request) -> Response:
        """Released work of your teams: emergencies that nobody took, then what is due first, then by priority."""
        query, user = self.query(WorkAsked), person(request)
        if query["after"] and not queueing.is_place(query["after"]):
            raise Invalid({"after": [_("This is no place in this list. Begin without it.")]})
        wanted = queueing.Asked(query["show"], query["team"], query["after"])
        jobs, further = queueing.page(user, queueing.own_teams(user), wanted, size=query["size"])
        return Response({"results": WorkRow(jobs, many=True).data, "next": self.further(further)})

    @extend_schema(
        operation_id="request_assign",
        summary="Somebody of the team is to have it",
        request=AssignBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def assign(self, request: Request, public_id: str) -> Response:
        """Who leads the team gives it out; who has it hands it on. They take it themselves."""
        to = self.body(AssignBody)["to"]
        case = access.get_request(person(request), public_id)
        return Response(RequestBrief(work.assign(request=case, to=to, by=person(request))).data)

    @extend_schema(
        operation_id="request_wait",
        summary="It waits",
        request=WaitBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def wait(self, request: Request, public_id: str) -> Response:
        """For a reason, until it is asked again. The reason says whose time it is, and whether the clock stands still."""
        wanted, user = self.body(WaitBody), person(request)
        case, texts = access.get_request(user, public_id), {"note": wanted["note"]}
        screening.ask(texts, agreed=wanted.pop("patient_data_ok"))
        waiting.wait(request=case, by=user, **wanted)
        screening.record_kept(request=case, by=user, texts=texts)
        return self._now(request, public_id)

    @extend_schema(
        operation_id="request_resume",
        summary="It goes on",
        request=None,
        responses=RequestBrief,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def resume(self, request: Request, public_id: str) -> Response:
        """What it waited for is there, or the team goes on without."""
        case = access.get_request(person(request), public_id)
        return Response(RequestBrief(waiting.resume(request=case, by=person(request))).data)

    @extend_schema(
        operation_id="request_ask",
        summary="Ask the ward",
        request=AskBody,
        responses=WardQuestionShown,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def ask(self, request: Request, public_id: str) -> Response:
        """It waits for the answer. `choices` are answers at one press; a reply in own words is always possible."""
        wanted, user = self.body(AskBody), person(request)
        case, texts = access.get_request(user, public_id), {"text": wanted["text"]}
        screening.ask(texts, agreed=wanted.pop("patient_data_ok"))
        question = waiting.ask_ward(request=case, by=user, **wanted)
        screening.record_kept(request=case, by=user, texts=texts)
        return Response(WardQuestionShown(question).data)

    @extend_schema(
        operation_id="question_answer",
        summary="Answer what a team asked",
        request=AnswerBody,
        responses=WardQuestionShown,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def answer(self, request: Request, ref: str) -> Response:
        """Anybody of the ward; the work goes on. What was answered already is said to who comes second (409)."""
        wanted, user = self.body(AnswerBody), person(request)
        question, texts = ward_questions.to_answer(user, ref), {"text": wanted["text"]}
        screening.ask(texts, agreed=wanted.pop("patient_data_ok"))
        answered = waiting.answer(question=question, by=user, **wanted)
        screening.record_kept(request=answered.request, by=user, texts=texts)
        return Response(WardQuestionShown(answered).data)

    @extend_schema(
        operation_id="request_pass",
        summary="It is another team's",
        request=PassBody,
        responses=RequestBrief,
        tags=["Work"],
        extensions={"x-refuses": ["not_allowed", "wrong_state"]},
    )
    def pass_on(self, request: Request, public_id: str) -> Response:
        """Into the list of `team`, with a reason; the clock goes on. Of your own team: back into its list."""
        wanted, user = self.body(PassBody), person(request)
        case, texts = access.get_request(user, public_id), {"reason": wanted["reason"]}
        screening.ask(texts, agreed=wanted["patient_data_ok"])
        team = queueing.team_of(case, wanted["team"])
        passed = work.pass_on(request=case, team=team, reason=wanted["reason"], by=user)
        screening.record_kept(request=passed.request, by=user, texts=texts)
        return Response(RequestBrief(passed.request).data)

    def _now(self, request: Request, public_id: str) -> Response:
        return Response(RequestBrief(access.get_request(person(request), public_id)).data)
