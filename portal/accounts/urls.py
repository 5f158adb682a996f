from django.urls import path

from portal.accounts import token_views, views

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/tokens/", token_views.token_list, name="tokens"),
    path("me/tokens/new/", token_views.token_new, name="token-new"),
    path("me/tokens/<slug:ref>/revoke/", token_views.token_revoke, name="token-revoke"),
    path("me/place/", views.place, name="place"),
    path("me/duty/", views.take_duty, name="take-duty"),
    path("me/keys/", views.keys, name="keys"),
]
