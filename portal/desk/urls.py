from django.urls import include, path

from portal.desk import api_views, board_views, emergency_views, tour_views, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("home/rows/", views.home_rows, name="home-rows"),
    path("board/", board_views.show, name="board"),
    path("board/live/", board_views.live, name="board-live"),
    path("board/rows/", board_views.rows, name="board-rows"),
    path("api/", api_views.api, name="api"),
    path("emergencies/<slug:public_id>/answer/", emergency_views.answer, name="emergency-answer"),
    path("types/", include("portal.desk.types.urls")),
    path("tour/", tour_views.show, name="tour"),
    path("tour/be/", tour_views.be, name="tour-be"),
    path("tour/look/", tour_views.look, name="tour-story"),
    path("requests/<slug:public_id>/review/", views.review, name="review"),
    path("requests/<slug:public_id>/orders/", views.request_orders, name="request-orders"),
    path("requests/<slug:public_id>/print/", views.request_print, name="request-print"),
    path("requests/<slug:public_id>/", views.request_detail, name="request-detail"),
]
