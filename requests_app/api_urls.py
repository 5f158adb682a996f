from django.urls import path, re_path

from requests_app.api import Catalogue, Drafts, Requests
from requests_app.file_api import Files, OneFile
from requests_app.finding.search_api import Search
from requests_app.supplies.store_api import Picks
from requests_app.talk_api import Shares, Talk
from requests_app.transport.porter_api import Moves
from requests_app.work_api import TeamWork, Types, Work

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
    path("requests/<slug:public_id>/assign", TeamWork.as_view({"post": "assign"}), name="request-assign"),
    path("requests/<slug:public_id>/wait", TeamWork.as_view({"post": "wait"}), name="request-wait"),
    path("requests/<slug:public_id>/resume", TeamWork.as_view({"post": "resume"}), name="request-resume"),
    path("requests/<slug:public_id>/ask", TeamWork.as_view({"post": "ask"}), name="request-ask"),
    path("requests/<slug:public_id>/pass", TeamWork.as_view({"post": "pass_on"}), name="request-pass"),
    path("questions/<slug:ref>/answer", TeamWork.as_view({"post": "answer"}), name="question-answer"),
    path("work", TeamWork.as_view({"get": "index"}), name="work"),
    path("requests/<slug:public_id>/arrive", Moves.as_view({"post": "arrive"}), name="request-arrive"),
    path("requests/<slug:public_id>/pick-up", Moves.as_view({"post": "pick_up"}), name="request-pick-up"),
    path("requests/<slug:public_id>/deliver", Moves.as_view({"post": "deliver"}), name="request-deliver"),
    path(
        "requests/<slug:public_id>/not-ready", Moves.as_view({"post": "not_ready"}), name="request-not-ready"
    ),
    path("requests/<slug:public_id>/ready", Moves.as_view({"post": "ready"}), name="request-ready"),
    path(
        "requests/<slug:public_id>/hand-back", Moves.as_view({"post": "hand_back"}), name="request-hand-back"
    ),
    path("requests/<slug:public_id>/fail", Moves.as_view({"post": "fail"}), name="request-fail"),
    path("requests/<slug:public_id>/attachments", Files.as_view({"post": "add"}), name="request-attach"),
    path(
        "requests/<slug:public_id>/comments",
        Talk.as_view({"get": "index", "post": "add"}),
        name="request-comments",
    ),
    path(
        "requests/<slug:public_id>/shares",
        Shares.as_view({"get": "index", "post": "add"}),
        name="request-shares",
    ),
    re_path(
        r"^requests/(?P<public_id>[-a-zA-Z0-9_]+)/shares/(?P<username>[\w.@+-]+)\Z",  # what an account may be called
        Shares.as_view({"delete": "remove"}),
        name="request-share",
    ),
    path("files/<slug:ref>", OneFile.as_view({"get": "show", "delete": "remove"}), name="file"),
    path("search", Search.as_view({"get": "index"}), name="search"),
    path("types", Types.as_view({"get": "index"}), name="types"),
    path("picks", Picks.as_view({"get": "index"}), name="picks"),
]
