from django.http import HttpResponse
from django.urls import path

app_name = "approvals"  # placeholder until the pages are there
urlpatterns = [path("", lambda r: HttpResponse(), name="inbox"), path("<slug:ref>/approve/", lambda r, ref: HttpResponse(), name="step-approve"), path("<slug:ref>/reject/", lambda r, ref: HttpResponse(), name="step-reject")]
