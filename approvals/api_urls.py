from django.urls import path

from approvals.api import Approvals
from approvals.cover_api import Standing
from approvals.glass_api import Glass

urlpatterns = [
    path("approvals", Approvals.as_view({"get": "index"}), name="approvals"),
    path("approvals/batch", Approvals.as_view({"get": "sheet", "post": "batch"}), name="batch"),
    path("approvals/cover", Standing.as_view({"get": "show"}), name="cover"),
    path("approvals/cover/absences", Standing.as_view({"post": "away"}), name="cover-absence"),
    path(
        "approvals/cover/absences/call-off",
        Standing.as_view({"post": "call_off"}),
        name="cover-call-off",
    ),
    path("approvals/cover/delegations", Standing.as_view({"post": "lend"}), name="cover-delegate"),
    path("approvals/cover/alternate", Standing.as_view({"put": "alternate"}), name="cover-alternate"),
    path(
        "approvals/cover/delegations/<slug:ref>/revoke",
        Standing.as_view({"post": "revoke"}),
        name="cover-revoke",
    ),
    path("approvals/glass", Glass.as_view({"get": "index"}), name="glass"),
    path("approvals/glass/<slug:ref>", Glass.as_view({"get": "show"}), name="glass-one"),
    path("approvals/glass/<slug:ref>/review", Glass.as_view({"post": "review"}), name="glass-review"),
    path(
        "requests/<slug:public_id>/break-glass",
        Glass.as_view({"post": "use"}),
        name="request-break-glass",
    ),
    path("approvals/<slug:ref>", Approvals.as_view({"get": "show"}), name="approval"),
    path("approvals/<slug:ref>/approve", Approvals.as_view({"post": "approve"}), name="step-approve"),
    path("approvals/<slug:ref>/reject", Approvals.as_view({"post": "reject"}), name="step-reject"),
    path("approvals/<slug:ref>/return", Approvals.as_view({"post": "give_back"}), name="step-return"),
    path("approvals/<slug:ref>/adjust", Approvals.as_view({"post": "adjust"}), name="step-adjust"),
    path("approvals/<slug:ref>/ask", Approvals.as_view({"post": "ask"}), name="step-ask"),
    path(
        "approvals/<slug:ref>/pass",
        Approvals.as_view({"get": "candidates", "post": "pass_on"}),
        name="step-pass",
    ),
    path("approvals/<slug:ref>/undo", Approvals.as_view({"post": "undo"}), name="step-undo"),
]
