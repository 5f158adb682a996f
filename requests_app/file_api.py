"""Doors of the API for the files of a request: the same verbs and the same refusals as on the pages."""

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.place import person
from portal.drf import Door
from portal.errors import Invalid
from requests_app import access, attachments
from requests_app.file_serializers import FileBody, FileShown
from requests_app.file_views import hand_out

OCTETS = "application/octet-stream"
FILE = "file"  # the name of the field


class Octets(JSONRenderer):
    """Lets a program ask for the content by its media type; what is rendered is a refusal, and that is JSON."""

    media_type = OCTETS


class Files(Door):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="request_attach",
        summary="Add a file",
        request=FileBody,
        responses=FileShown,
        tags=["Requests"],
    )
    def add(self, request: Request, public_id: str) -> Response:
        """One file, as multipart/form-data, to a draft of yours or to a request that is open. Sent twice it is there twice.

        A photo is drawn anew without what it says of place and phone. What cannot be taken is refused beside `file` (422).
        """
        case = access.get_request(person(request), public_id)
        if len(request.FILES.getlist(FILE)) > 1:
            raise Invalid({FILE: [_("Send one file at a time.")]})
        upload = self.body(FileBody)[FILE]
        try:
            added = attachments.attach(request=case, upload=upload, by=person(request))
        except Invalid as refusal:
            raise Invalid({FILE: refusal.errors[attachments.FIELD]}) from None
        return Response(FileShown(added).data)


class OneFile(Door):
    renderer_classes = [JSONRenderer, Octets]

    @extend_schema(
        operation_id="file",
        summary="The content of a file",
        responses={(200, OCTETS): OpenApiTypes.BINARY},
        tags=["Requests"],
        extensions={"x-refuses": ["wrong_state"]},
    )
    def show(self, request: Request, ref: str) -> FileResponse:
        """For whoever may see its request. While it is checked for viruses: 409 `wrong_state`."""
        return hand_out(person(request), ref)

    @extend_schema(
        operation_id="file_remove",
        summary="Take a file away again",
        request=None,
        responses={204: None},
        tags=["Requests"],
    )
    def remove(self, request: Request, ref: str) -> Response:
        """Your own, while its request is not over. Where others could have seen it, the request says that it was there."""
        attachment = attachments.get_attachment(person(request), ref)
        attachments.remove(attachment=attachment, by=person(request))
        return Response(status=204)
