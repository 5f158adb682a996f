from django.urls import path

from approvals.api import Approvals

urlpatterns = [
    path("approvals", Approvals.as_view({"get": "index"}), name="approvals"),
    path("approvals/<slug:ref>", Approvals.as_view({"get": "show"}), name="approval"),
    path("approvals/<slug:ref>/approve", Approvals.as_view({"post": "approve"}), name="step-approve"),
    path("approvals/<slug:ref>/reject", Approvals.as_view({"post": "reject"}), name="step-reject"),
    path("approvals/<slug:ref>/return", Approvals.as_view({"post": "give_back"}), name="step-return"),
]
