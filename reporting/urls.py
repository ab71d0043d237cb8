from django.urls import path, re_path

from . import views

urlpatterns = [
    path("", views.start, name="start"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("roadmaps/", views.roadmaps, name="roadmaps"),
    path("roadmaps/<slug:slug>/submissions/", views.submissions, name="submissions"),
    path("roadmaps/<slug:slug>/submissions/<int:pk>/", views.submission, name="submission"),
    path("roadmaps/<slug:slug>/submissions/<int:pk>/submit/", views.submit, name="submit"),
    path("roadmaps/<slug:slug>/submissions/<int:pk>/measures/<int:position>/", views.entry, name="entry"),
    path("roadmaps/<slug:slug>/summaries/", views.summaries, name="summaries"),
    path("roadmaps/<slug:slug>/summaries/<str:code>/", views.summary, name="summary"),
    re_path(r"^roadmaps/(?P<slug>[-\w]+)/summaries/(?P<code>[^/]+)\.xlsx$", views.summary_file, name="summary-file"),
    # The same paths without the roadmap.
    re_path(r"^(?P<rest>(?:submissions|summaries)/.*)$", views.redirect_to_roadmap, name="of-roadmap"),
]
