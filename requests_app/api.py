"""The requester's doors of the API: catalogue, drafts, lists, sending, cancelling, confirming what arrived."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts import scopes
from portal.accounts.models import Hospital, User
from portal.accounts.place import person
from portal.drf import Door, Paged, page_of
from portal.errors import Invalid, NotFound
from requests_app import access, asking, lifecycle, listing, screening, search, submission
from requests_app.kinds import kind_of
from requests_app.line_serializers import ReceiveBody
from requests_app.models import ServiceRequest
from requests_app.serializers import (
    CancelBody,
    CatalogueAsked,
    CatalogueShown,
    DraftBody,
    DraftRow,
    DraftShown,
    ItemShown,
    RequestBrief,
    RequestRow,
    RequestsAsked,
    SubmitBody,
)
from requests_app.states import Kind
from requests_app.supplies import drafting, fulfilment, picking
from requests_app.supplies.differing import Difference
from requests_app.supplies.quoting import quote


class Catalogue(Door):
    @extend_schema(
        operation_id="catalogue",
        summary="What can be asked for?",
        parameters=[CatalogueAsked],
        responses=CatalogueShown,
        tags=["Catalogue"],
        extensions={"x-refuses": ["not_found"]},
    )
    def index(self, request: Request) -> Response:
        """Items of one hospital, at its prices: the best matches for `q`, or everything by name, a page at a time."""
        asked = self.query(CatalogueAsked)
        hospital, words = self._hospital(asked.get("hospital")), asked["q"]
        if words.strip():
            hits = ItemShown(search.find_items(hospital, words), many=True).data
            return Response({"results": hits, "next": None, "elsewhere": search.signpost(words)})
        answer = self.page(search.all_items(hospital), by="name", shows=ItemShown, asked=asked)
        answer.data["elsewhere"] = ""
        return answer

    def _hospital(self, wanted: Hospital | None) -> Hospital:
        own = scopes.hospitals_of(person(self.request))
        found = own.filter(pk=wanted.pk).first() if wanted else own.first()
        if found is None:
            raise NotFound
        return found


class Drafts(Door):
    """A draft is its writer's alone. Its name is a UUID that the program chooses."""

    @extend_schema(
        operation_id="drafts",
        summary="What did I begin and not send?",
        parameters=[Paged],
        responses=page_of(DraftRow),
        tags=["Drafts"],
    )
    def index(self, request: Request) -> Response:
        """Your drafts, the one that was changed last comes first."""
        own = listing.drafts_of(person(request))
        return self.page(own, by="-updated_at", shows=DraftRow, asked=self.query(Paged))

    @extend_schema(
        operation_id="draft", summary="Show a draft at today's prices", responses=DraftShown, tags=["Drafts"]
    )
    def show(self, request: Request, client_key: UUID) -> Response:
        """Its lines, what it costs now, what is `missing` before it can be sent, and the `seen` to send it with."""
        return self._shown(self._own(client_key))

    @extend_schema(
        operation_id="draft_save",
        summary="Write a draft, or write it anew",
        request=DraftBody,
        responses=DraftShown,
        tags=["Drafts"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def save(self, request: Request, client_key: UUID) -> Response:
        """The first call makes it, the same call again changes nothing, another one replaces it. Nothing has to be complete.

        Once it was sent, the answer is 409 with `public_id`, the id of the request that it became.
        """
        return self._shown(_saved(person(request), client_key, self.body(DraftBody)))

    @extend_schema(
        operation_id="draft_discard",
        summary="Throw a draft away",
        request=None,
        responses={204: None},
        tags=["Drafts"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def discard(self, request: Request, client_key: UUID) -> Response:
        """It is gone for good. What was sent cannot be thrown away; cancel it."""
        drafting.discard(request=self._own(client_key), by=person(request))
        return Response(status=204)

    def _own(self, client_key: UUID) -> ServiceRequest:
        found = listing.draft_with(person(self.request), str(client_key))
        if found is None:
            raise NotFound
        return found

    def _shown(self, draft: ServiceRequest) -> Response:
        quoted = quote(draft)
        asked = [] if draft.is_supply else kind_of(draft).questions(draft)
        missing = submission.missing(draft, quoted)
        found = {"draft": draft, "quote": quoted, "missing": missing, "questions": asked}
        return Response(DraftShown(found).data)


class Requests(Door):
    @extend_schema(
        operation_id="requests",
        summary="Which requests may I see?",
        parameters=[RequestsAsked],
        responses=page_of(RequestRow),
        tags=["Requests"],
    )
    def index(self, request: Request) -> Response:
        """Sent requests, the newest first: your own, those of your places and those with lines for your team."""
        asked = self.query(RequestsAsked)
        only = {name: asked[name] for name in ("ended", "mine", "department", "hospital") if name in asked}
        states = [asked["state"]] if "state" in asked else None
        found = listing.listed(person(request), states=states, **only)
        return self.page(found, by="-created_at", shows=RequestRow, asked=asked)

    @extend_schema(
        operation_id="request_submit",
        summary="Send it",
        request=SubmitBody,
        responses=RequestBrief,
        tags=["Requests"],
    )
    def submit(self, request: Request, public_id: str) -> Response:
        """Send your draft with the `seen` that you were shown. Sending it again answers with what the first call made.

        What is missing, and a price that changed since, is refused beside its line (422). So is text that looks like
        patient data, unless `patient_data_ok` is true; that is put on record then.
        """
        wanted, user = self.body(SubmitBody), person(request)
        draft = access.get_draft(user, public_id)
        texts = screening.texts_of(draft) if draft.is_editable else {}
        screening.ask(texts, agreed=wanted["patient_data_ok"])
        if wanted["patient_data_ok"]:
            screening.choose(request=draft, by=user)
        sent = lifecycle.submit(public_id=public_id, by=user, seen=wanted["seen"])
        screening.record_kept(request=sent, by=user, texts=texts)
        return self._brief(sent)

    @extend_schema(
        operation_id="request_cancel",
        summary="Cancel it, it is no longer needed",
        request=CancelBody,
        responses=RequestBrief,
        tags=["Requests"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def cancel(self, request: Request, public_id: str) -> Response:
        """Until somebody has decided. Everybody who had it is told, with the reason."""
        wanted, user = self.body(CancelBody), person(request)
        case, texts = access.get_request(user, public_id), {"reason": wanted["reason"]}
        screening.ask(texts, agreed=wanted["patient_data_ok"])
        cancelled = lifecycle.cancel(request=case, by=user, reason=wanted["reason"])
        screening.record_kept(request=cancelled, by=user, texts=texts)
        return self._brief(cancelled)

    @extend_schema(
        operation_id="request_receive",
        summary="Confirm what arrived",
        request=ReceiveBody,
        responses=RequestBrief,
        tags=["Requests"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def receive(self, request: Request, public_id: str) -> Response:
        """Somebody on the ward who did not decide it says what came, line by line or all of it. The last line closes it.

        Fewer than were on their way is a difference by itself. What is not here or not right is not received: the store
        picks it again, from a supplier it is still to come; whoever puts it right is told.
        """
        body, user = self.body(ReceiveBody), person(request)
        said, case = body.get("lines"), access.get_request(user, public_id)
        ids = picking.named(case, said) if said else {}
        texts = {f"note-{name}": line["note"] for name, line in (said or {}).items()}
        screening.ask(texts, agreed=body["patient_data_ok"])
        came = {ids[name]: line["quantity"] for name, line in (said or {}).items()}
        differs = {
            ids[name]: Difference(line["difference"], line["note"])
            for name, line in (said or {}).items()
            if line["difference"]
        }
        try:
            done = fulfilment.receive(
                request=case, quantities=came or listing.all_expected(case), differences=differs, by=user
            )
        except Invalid as refusal:
            raise by_public_id(refusal, ids) from None
        screening.record_kept(request=done, by=user, texts=texts)
        return self._brief(done)

    def _brief(self, case: ServiceRequest) -> Response:
        return Response(RequestBrief(case).data)


def _saved(by: User, client_key: UUID, wanted: dict[str, Any]) -> ServiceRequest:
    """The draft of this body: with lines, or with answers."""
    category, answers, requester = wanted.pop("type"), wanted.pop("answers"), wanted.pop("requester")
    supply = category.kind == Kind.SUPPLY
    if wanted["quantities"] and not supply:
        raise Invalid({"lines": [_("Only a request for supplies has lines.")]})
    if answers and supply:
        raise Invalid({"answers": [_("A request for supplies has no questions.")]})
    if supply:
        return drafting.save_draft(by=by, client_key=client_key, **wanted)
    called = {key: wanted[key] for key in ("answered_by", "emergency_reason") if wanted[key]}
    return asking.save_answers(
        by=by,
        client_key=client_key,
        category=category,
        department=wanted["department"],
        answers=answers | called,
        note=wanted["note"],
        requester=requester,
    )


def by_public_id(refusal: Invalid, ids: dict[str, int]) -> Invalid:
    """The same sentences beside the lines as the API names them."""
    names: dict[str, Any] = {
        f"{what}-{pk}": f"{what}-{public_id}" for public_id, pk in ids.items() for what in ("line", "what")
    }
    return Invalid({names.get(name, name): texts for name, texts in refusal.errors.items()})
