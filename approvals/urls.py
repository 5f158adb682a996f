from django.urls import path

from approvals import approver_views, batch_views, cover_views, glass_views, step_views, views
from approvals.sampling import sample_views
from approvals.watching import watch_views

app_name = "approvals"
urlpatterns = [
    path("", views.inbox_list, name="inbox"),
    path("news/", views.inbox_news, name="inbox-news"),
    path("cover/", cover_views.overview, name="cover"),
    path("cover/away/", cover_views.away, name="cover-absence"),
    path("cover/away/<int:pk>/end/", cover_views.call_off, name="cover-call-off"),
    path("cover/lend/", cover_views.lend, name="cover-delegate"),
    path("cover/alternate/", cover_views.alternate, name="cover-alternate"),
    path("cover/<slug:ref>/end/", cover_views.revoke, name="cover-revoke"),
    path("glass/", glass_views.reviews, name="glass-reviews"),
    path("glass/figures/", glass_views.figures, name="glass-figures"),
    path("glass/use/<slug:public_id>/", glass_views.use, name="glass-use"),
    path("glass/<slug:ref>/", glass_views.review, name="glass-review"),
    path("decided/", views.decided, name="decided"),
    path("decided/by/", approver_views.people, name="approvers"),
    path("decided/by/<str:username>/", approver_views.one, name="approver"),
    path("batch/", batch_views.batch, name="batch"),
    path("watch/splits/", watch_views.splits, name="watch-splits"),
    path("watch/splits/<int:pk>/", watch_views.split, name="watch-split"),
    path("watch/deciding/", watch_views.deciding, name="watch-deciding"),
    path("watch/duties/", watch_views.duties, name="watch-duties"),
    path("why/<slug:public_id>/", watch_views.why, name="why"),
    path("sample/", sample_views.sample, name="sample"),
    path("sample/<int:pk>/", sample_views.answer, name="sample-answer"),
    path("<slug:ref>/approve/", views.step_approve, name="step-approve"),
    path("<slug:ref>/confirm/", views.confirm, name="confirm"),
    path("<slug:ref>/undo/", views.step_undo, name="step-undo"),
    *(
        path(f"<slug:ref>/{name}/", step_views.act, {"name": name}, name=f"step-{name}")
        for name in ("reject", "return", "adjust", "ask", "pass")
    ),
]
