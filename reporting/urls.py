from django.urls import path, re_path

from .models import Petition
from .views import (
    calendar,
    entries,
    glance,
    help,
    letters,
    petitions,
    receipts,
    returns,
    search,
    start,
    submissions,
    summaries,
    verify,
)

SUBMISSION = "roadmaps/<slug:slug>/submissions/<int:pk>/"

urlpatterns = [
    path("", start.start, name="start"),
    path("evidence/<int:pk>/", entries.evidence, name="evidence"),
    path("roadmaps/", start.roadmaps, name="roadmaps"),
    path("roadmaps/<slug:slug>/", glance.roadmap, name="roadmap"),
    path("roadmaps/<slug:slug>/measures/<int:position>/", glance.measure, name="measure"),
    path("roadmaps/<slug:slug>/submissions/", submissions.submissions, name="submissions"),
    path(SUBMISSION, submissions.submission, name="submission"),
    path(f"{SUBMISSION}check/", submissions.check, name="check"),
    path(f"{SUBMISSION}submit/", submissions.submit, name="submit"),
    path(f"{SUBMISSION}rounds/<int:number>/", receipts.receipt, name="receipt"),
    path(f"{SUBMISSION}rounds/<int:number>/sent.json", receipts.content, name="receipt-content"),
    path(f"{SUBMISSION}measures/<int:position>/", entries.entry, name="entry"),
    path(f"{SUBMISSION}measures/<int:position>/autosave/", entries.autosave, name="entry-autosave"),
    path(f"{SUBMISSION}return.xlsx", returns.template, name="return-template"),
    path(f"{SUBMISSION}return/", returns.upload, name="return"),
    path(f"{SUBMISSION}return/confirm/", returns.confirm, name="return-confirm"),
    path(f"{SUBMISSION}return/marked.xlsx", returns.marks, name="return-marked"),
    path("roadmaps/<slug:slug>/petitions/", petitions.petitions, name="petitions"),
    path("roadmaps/<slug:slug>/petitions/<int:pk>/", petitions.petition, name="petition"),
    path("roadmaps/<slug:slug>/petitions/<int:pk>/withdraw/", petitions.withdraw, name="petition-withdraw"),
    path(f"{SUBMISSION}later/", petitions.ask_for_report, name="ask-for-report"),
    path(
        "roadmaps/<slug:slug>/measures/<int:position>/later/",
        petitions.ask_for_measure,
        {"kind": Petition.Kind.EXTEND_MEASURE},
        name="ask-for-measure",
    ),
    path(
        "roadmaps/<slug:slug>/measures/<int:position>/off-control/",
        petitions.ask_for_measure,
        {"kind": Petition.Kind.OFF_CONTROL},
        name="ask-off-control",
    ),
    path("roadmaps/<slug:slug>/summaries/", summaries.summaries, name="summaries"),
    path("roadmaps/<slug:slug>/summaries/<str:code>/", summaries.summary, name="summary"),
    path("roadmaps/<slug:slug>/summaries/<str:code>/files/", summaries.summary_files, name="summary-files"),
    re_path(
        r"^roadmaps/(?P<slug>[-\w]+)/summaries/(?P<code>[^/]+)\.(?P<kind>xlsx|docx|csv|json)$",
        summaries.summary_file,
        name="summary-file",
    ),
    path("roadmaps/<slug:slug>/search/", search.search, name="search"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/new-address/", calendar.new_address, name="calendar-new-address"),
    path("calendar/<slug:key>.ics", calendar.feed, name="calendar-feed"),
    path("letters/", letters.letters, name="letters"),
    path("verify/", verify.verify, name="verify"),
    path("help/", help.own, name="help"),
    path("help/<slug:role>/", help.page, name="help"),
    # The same paths without the roadmap.
    path("roadmap/", start.redirect_to_roadmap, {"rest": ""}, name="only-roadmap"),
    re_path(
        r"^(?P<rest>(?:submissions|summaries|measures|petitions|search)/.*)$",
        start.redirect_to_roadmap,
        name="of-roadmap",
    ),
]
