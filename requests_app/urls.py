from django.urls import path

from requests_app import store_views, supply_views, views

app_name = "requests"
urlpatterns = [
    path("requests/", views.request_list, name="list"),
    path("requests/reorder/", views.reorder, name="reorder"),
    path("requests/supply/new/", supply_views.supply_new, name="supply-new"),
    path("requests/supply/save/", supply_views.draft_save, name="draft-save"),
    path("requests/supply/find/", supply_views.supply_find, name="supply-find"),
    path("requests/<slug:public_id>/edit/", supply_views.draft_edit, name="draft-edit"),
    path("requests/<slug:public_id>/submit/", views.submit, name="submit"),
    path("requests/<slug:public_id>/discard/", views.discard, name="discard"),
    path("requests/<slug:public_id>/receive/", views.receive, name="receive"),
    path("requests/<slug:public_id>/cancel/", views.cancel, name="cancel"),
    path("exceptions/<slug:ref>/settle/", views.exception_settle, name="exception-settle"),
    path("store/", store_views.pick_list, name="pick-list"),
    path("store/news/", store_views.pick_news, name="pick-news"),
    path("store/<slug:public_id>/pick/", store_views.pick, name="pick"),
    path("store/<slug:public_id>/send/", store_views.send, name="send"),
]
