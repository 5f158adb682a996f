"""Where each address lives. Only include()s: the pages are in the apps."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from portal.health import health

# One door to sign in at, with one limit on tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path(
        "", include("requests_app.urls")
    ),  # before the desk, whose requests/<public_id>/ would take requests/reorder/
    path("", include("portal.desk.urls")),
    path("approvals/", include("approvals.urls")),
    path("notices/", include("portal.notify.urls")),
    path("", include("portal.accounts.urls")),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
]
