from django.urls import path, re_path

from . import views
from .views import returns

SUBMISSION = "roadmaps/<slug:slug>/submissions/<int:pk>/"

urlpatterns = [
    path("", views.start, name="start"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("roadmaps/", views.roadmaps, name="roadmaps"),
    path("roadmaps/<slug:slug>/submissions/", views.submissions, name="submissions"),
    path(SUBMISSION, views.submission, name="submission"),
    path(f"{SUBMISSION}submit/", views.submit, name="submit"),
    path(f"{SUBMISSION}measures/<int:position>/", views.entry, name="entry"),
    path(f"{SUBMISSION}return.xlsx", returns.template, name="return-template"),
    path(f"{SUBMISSION}return/", returns.upload, name="return"),
    path(f"{SUBMISSION}return/confirm/", returns.confirm, name="return-confirm"),
    path(f"{SUBMISSION}return/marked.xlsx", returns.marks, name="return-marked"),
    path("roadmaps/<slug:slug>/summaries/", views.summaries, name="summaries"),
    path("roadmaps/<slug:slug>/summaries/<str:code>/", views.summary, name="summary"),
    re_path(r"^roadmaps/(?P<slug>[-\w]+)/summaries/(?P<code>[^/]+)\.xlsx$", views.summary_file, name="summary-file"),
    # The same paths without the roadmap.
    re_path(r"^(?P<rest>(?:submissions|summaries)/.*)$", views.redirect_to_roadmap, name="of-roadmap"),
]
