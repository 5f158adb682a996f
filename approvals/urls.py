from django.urls import path

from approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.inbox_page, name="inbox"),
    path("news/", views.inbox_news, name="inbox-news"),
    path("<slug:ref>/approve/", views.step_approve, name="step-approve"),
    path("<slug:ref>/reject/", views.step_reject, name="step-reject"),
    path("<slug:ref>/return/", views.step_return, name="step-return"),
]
