from django.urls import path

from approvals import batch_views, cover_views, glass_views, step_views, views

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
    path("batch/", batch_views.batch, name="batch"),
    path("<slug:ref>/approve/", views.step_approve, name="step-approve"),
    path("<slug:ref>/confirm/", views.confirm, name="confirm"),
    path("<slug:ref>/undo/", views.step_undo, name="step-undo"),
    *(
        path(f"<slug:ref>/{name}/", step_views.act, {"name": name}, name=f"step-{name}")
        for name in ("reject", "return", "adjust", "ask", "pass")
    ),
]
