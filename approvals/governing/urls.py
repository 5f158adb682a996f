from django.urls import path

from approvals.governing import act_views, policy_views, rule_views, text_views

app_name = "policies"
urlpatterns = [
    path("", policy_views.policies, name="list"),
    path("start/", act_views.start, name="start"),
    path("export/", text_views.export, name="export"),
    path("import/", text_views.import_text, name="import"),
    path("<int:pk>/", policy_views.policy, name="policy"),
    path("<int:pk>/describe/", policy_views.describe, name="describe"),
    path("<int:pk>/review/", policy_views.review, name="review"),
    path("<int:pk>/versions/", policy_views.versions, name="versions"),
    path("<int:pk>/text/", text_views.export_one, name="text"),
    path("<int:pk>/submit/", act_views.submit, name="submit"),
    path("<int:pk>/take-back/", act_views.take_back, name="take-back"),
    path("<int:pk>/refuse/", act_views.refuse, name="refuse"),
    path("<int:pk>/publish/", act_views.publish, name="publish"),
    path("<int:pk>/roll-back/", act_views.roll_back, name="roll-back"),
    path("<int:pk>/discard/", act_views.discard, name="discard"),
    path("<int:pk>/rules/new/", rule_views.rule, name="rule-new"),
    *(
        path(f"<int:pk>/rules/<slug:code>/{name}/", rule_views.act, {"name": name}, name=f"rule-{name}")
        for name in rule_views.ACTS
    ),
    path("<int:pk>/rules/<slug:code>/", rule_views.rule, name="rule"),
]
