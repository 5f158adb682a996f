"""The doors of standing in: who does for me, saying that I am away, lending my right to decide."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import cover, covering
from portal.accounts.models import User
from portal.accounts.place import person
from portal.drf import Body, Door, Text

TAGS = ["Approvals"]


class LentShown(serializers.Serializer):
    """A right that was lent: `delegate` may decide in the name of `grantor`."""

    ref = serializers.CharField()
    grantor = serializers.CharField(source="grantor.get_full_name")
    delegate = serializers.CharField(source="delegate.get_full_name")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null: whenever away, or not in time")
    limit = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, help_text="only below this, in the base currency"
    )
    types = serializers.ListField(child=serializers.CharField(), source="categories", help_text="none: all")
    revoked_at = serializers.DateTimeField(allow_null=True)


class AwayShown(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    called_off_at = serializers.DateTimeField(allow_null=True)


class CoverShown(serializers.Serializer):
    away = AwayShown(allow_null=True, help_text="the absence of now")
    coming = AwayShown(many=True)
    stands_in = LentShown(many=True, help_text="who may decide for you at this moment")
    lent = LentShown(many=True)
    received = LentShown(many=True)
    alternate = LentShown(allow_null=True)
    alternate_of = LentShown(many=True)
    waiting = serializers.IntegerField(help_text="open decisions that are asked of you")


class LentNowShown(serializers.Serializer):
    lent = LentShown()
    warnings = serializers.ListField(child=serializers.CharField(), help_text="to know; it was lent")


class PeriodBody(Body):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    limit = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, allow_null=True, default=None
    )
    types = serializers.ListField(child=Text(max_length=50), required=False, default=list, max_length=100)


class AwayBody(PeriodBody):
    delegate = Text(
        max_length=150, required=False, allow_null=True, default=None, help_text="sign-in name; null: nobody"
    )


class HereBody(Body):
    starts_at = serializers.DateTimeField(help_text="of the absence")


class LendBody(PeriodBody):
    to = Text(max_length=150, help_text="sign-in name")


class AlternateBody(Body):
    to = Text(max_length=150, allow_null=True, help_text="sign-in name; null: nobody")


class Standing(Door):
    @extend_schema(operation_id="cover", summary="Who stands in for me?", responses=CoverShown, tags=TAGS)
    def show(self, request: Request) -> Response:
        """Now and soon, and whom you stand in for."""
        return Response(CoverShown(covering.overview(person(request))).data)

    @extend_schema(
        operation_id="cover_absence",
        summary="Say that I am away",
        request=AwayBody,
        responses=AwayShown,
        tags=TAGS,
    )
    def away(self, request: Request) -> Response:
        """Nothing new is asked of you; what waits goes to the `delegate`, else your alternate, your colleagues, the next
        authority."""
        said, user = self.body(AwayBody), person(request)
        deputy = self._person(said.pop("delegate"))
        absence = cover.declare_absence(user=user, by=user, delegate=deputy, **_verb(said))
        return Response(AwayShown(absence).data)

    @extend_schema(
        operation_id="cover_call_off",
        summary="Say that I am here after all",
        request=HereBody,
        responses=AwayShown,
        tags=TAGS,
        extensions={"x-refuses": ["wrong_state"]},
    )
    def call_off(self, request: Request) -> Response:
        """Of the absence that begins then; also before it does."""
        user = person(request)
        absence = covering.absence_of(user, starts_at=self.body(HereBody)["starts_at"])
        return Response(AwayShown(cover.call_off(absence=absence, by=user)).data)

    @extend_schema(
        operation_id="cover_delegate",
        summary="Let somebody decide for me",
        request=LendBody,
        responses=LentNowShown,
        tags=TAGS,
    )
    def lend(self, request: Request) -> Response:
        """For 28 days at most, never more than you may yourself at that moment, and they cannot lend it on."""
        said, user = self.body(LendBody), person(request)
        to = covering.find_person(user, said.pop("to"))
        lent = cover.delegate(grantor=user, to=to, by=user, **_verb(said))
        found = {"lent": lent, "warnings": covering.warnings(user, to, lent.starts_at, lent.ends_at)}
        return Response(LentNowShown(found).data)

    @extend_schema(
        operation_id="cover_revoke",
        summary="Take it back, or give it back",
        request=None,
        responses=LentShown,
        tags=TAGS,
        extensions={"x-refuses": ["wrong_state"]},
    )
    def revoke(self, request: Request, ref: str) -> Response:
        """What you lent, or what was lent to you. It ends at once."""
        return Response(LentShown(cover.revoke(ref=ref, by=person(request))).data)

    @extend_schema(
        operation_id="cover_alternate",
        summary="Name my alternate",
        request=AlternateBody,
        responses=CoverShown,
        tags=TAGS,
    )
    def alternate(self, request: Request) -> Response:
        """Who stands in whenever you are away or do not decide in time."""
        user = person(request)
        cover.name_alternate(user=user, to=self._person(self.body(AlternateBody)["to"]), by=user)
        return Response(CoverShown(covering.overview(user)).data)

    def _person(self, username: str | None) -> User | None:
        return covering.find_person(person(self.request), username) if username is not None else None


def _verb(said: dict[str, Any]) -> dict[str, Any]:
    """What a body says, as the verbs call it."""
    return {("categories" if name == "types" else name): value for name, value in said.items()}
