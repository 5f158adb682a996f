from django.urls import path

from portal.desk.types import question_views, views

urlpatterns = [
    path("", views.types, name="types"),
    path("new/", views.type_new, name="type-new"),
    path("<slug:ref>/", views.type_page, name="type"),
    path("<slug:ref>/describe/", views.type_describe, name="type-describe"),
    path("<slug:ref>/terms/", views.type_terms, name="type-terms"),
    path("<slug:ref>/definition/", views.type_definition, name="type-definition"),
    path("<slug:ref>/preview/", views.type_preview, name="type-preview"),
    path("<slug:ref>/publish/", views.type_publish, name="type-publish"),
    path("<slug:ref>/retire/", views.type_retire, name="type-retire"),
    path("<slug:ref>/questions/new/", question_views.question, name="question-new"),
    path("<slug:ref>/questions/<slug:key>/", question_views.question, name="question"),
    path("<slug:ref>/questions/<slug:key>/move/", question_views.question_move, name="question-move"),
    path("<slug:ref>/questions/<slug:key>/drop/", question_views.question_drop, name="question-drop"),
    path("<slug:ref>/tasks/new/", question_views.task, name="task-new"),
    path("<slug:ref>/tasks/<int:pk>/", question_views.task, name="task"),
    path("<slug:ref>/tasks/<int:pk>/move/", question_views.task_move, name="task-move"),
    path("<slug:ref>/tasks/<int:pk>/drop/", question_views.task_drop, name="task-drop"),
]
