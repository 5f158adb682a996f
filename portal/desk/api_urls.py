from django.urls import path

from portal.desk.api import Description, OneRequest

urlpatterns = [
    path("requests/<slug:public_id>", OneRequest.as_view({"get": "show"}), name="request"),
    path("openapi.json", Description.as_view({"get": "show"}), name="openapi"),
]
