from django.urls import path

from portal.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("requests/<slug:public_id>/review/", views.review, name="review"),
    path("requests/<slug:public_id>/", views.request_detail, name="request-detail"),
]
