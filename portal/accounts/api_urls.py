from django.urls import path

from portal.accounts.api import Me

urlpatterns = [path("me", Me.as_view({"get": "show"}), name="me")]
