"""Where each address lives. Only include()s: the pages are in the apps."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal.health import health

# One door to sign in at, with one limit on tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400, handler403 = "portal.drf.bad_request", "portal.drf.permission_denied"
handler404, handler500 = "portal.drf.not_found", "portal.drf.broken"

urlpatterns = [
    path(
        "", include("requests_app.urls")
    ),  # before the desk, whose requests/<public_id>/ would take requests/reorder/
    path("", include("portal.desk.urls")),
    path("approvals/", include("approvals.urls")),
    path("policies/", include("approvals.governing.urls")),
    path("notices/", include("portal.notify.urls")),
    path("", include("portal.accounts.urls")),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    # allauth looks for this name where somebody has no password to change; nobody here sets a first one by themselves
    path(
        "accounts/password/none/",
        RedirectView.as_view(pattern_name="accounts:me"),
        name="account_set_password",
    ),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("api/v1/", include("portal.api_urls")),
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
]
