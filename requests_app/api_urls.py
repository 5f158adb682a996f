from django.urls import path

from requests_app.api import Catalogue, Drafts, Requests
from requests_app.file_api import Files, OneFile
from requests_app.supplies.store_api import Picks
from requests_app.work_api import Types, Work

urlpatterns = [
    path("catalogue", Catalogue.as_view({"get": "index"}), name="catalogue"),
    path("drafts", Drafts.as_view({"get": "index"}), name="drafts"),
    path(
        "drafts/<uuid:client_key>",
        Drafts.as_view({"get": "show", "put": "save", "delete": "discard"}),
        name="draft",
    ),
    path("requests", Requests.as_view({"get": "index"}), name="requests"),
    path("requests/<slug:public_id>/submit", Requests.as_view({"post": "submit"}), name="request-submit"),
    path("requests/<slug:public_id>/cancel", Requests.as_view({"post": "cancel"}), name="request-cancel"),
    path("requests/<slug:public_id>/receive", Requests.as_view({"post": "receive"}), name="request-receive"),
    path("requests/<slug:public_id>/pick", Picks.as_view({"post": "pick"}), name="request-pick"),
    path("requests/<slug:public_id>/send", Picks.as_view({"post": "send"}), name="request-send"),
    path("requests/<slug:public_id>/withdraw", Work.as_view({"post": "withdraw"}), name="request-withdraw"),
    path("requests/<slug:public_id>/reopen", Work.as_view({"post": "reopen"}), name="request-reopen"),
    path("requests/<slug:public_id>/take", Work.as_view({"post": "take"}), name="request-take"),
    path("requests/<slug:public_id>/finish", Work.as_view({"post": "finish"}), name="request-finish"),
    path("requests/<slug:public_id>/attachments", Files.as_view({"post": "add"}), name="request-attach"),
    path("files/<slug:ref>", OneFile.as_view({"get": "show", "delete": "remove"}), name="file"),
    path("types", Types.as_view({"get": "index"}), name="types"),
    path("picks", Picks.as_view({"get": "index"}), name="picks"),
]
