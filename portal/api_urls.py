"""Where each address of the API lives, version 1. Only include()s: the doors are in the apps."""

from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("", include("portal.accounts.api_urls")),
    path("", include("requests_app.api_urls")),
    path("", include("approvals.api_urls")),
    path("", include("portal.desk.api_urls")),
]
