from django.urls import path

from portal.accounts import duty_views, pass_views, token_views, views

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/tokens/", token_views.token_list, name="tokens"),
    path("me/tokens/new/", token_views.token_new, name="token-new"),
    path("me/tokens/<slug:ref>/revoke/", token_views.token_revoke, name="token-revoke"),
    path("me/place/", views.place, name="place"),
    path("me/duty/", duty_views.take_duty, name="take-duty"),
    path("me/duty/<int:pk>/", duty_views.hand_over, name="hand-over"),
    path("me/duty/<int:pk>/end/", duty_views.give_up, name="give-up"),
    path("duties/", duty_views.on_duty, name="duties"),
    path("me/passes/", pass_views.pass_list, name="passes"),
    path("me/passes/new/", pass_views.pass_new, name="pass-new"),
    path("me/passes/<slug:ref>/", pass_views.pass_made, name="pass-made"),
    path("me/passes/<slug:ref>/end/", pass_views.pass_revoke, name="pass-revoke"),
    path("people/find/", pass_views.people_find, name="people-find"),
    path("me/keys/", views.keys, name="keys"),
]
