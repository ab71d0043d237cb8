"""Sentences that name the period: «half-year» where a roadmap reports by half-years, «reporting period» elsewhere.

Pure: a sentence is said in the language that is active.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

HALF_YEAR = "half_year"  # Roadmap.Frequency, which stands above

ELSEWHERE = {
    _("Half-year"): _("Reporting period"),
    _("Half-year before"): _("Reporting period before"),
    _("the whole measure is done, not only this half-year's part"): _(
        "the whole measure is done, not only this reporting period's part"
    ),
    _("The whole measure is done, not only this half-year's part."): _(
        "The whole measure is done, not only this reporting period's part."
    ),
    _("Asked where the deadline is still ahead: is the whole measure done, not only this half-year's part?"): _(
        "Asked where the deadline is still ahead: is the whole measure done, not only this reporting period's part?"
    ),
    _("What was done in the half-year, and with what result. The ministry sees this text."): _(
        "What was done in the reporting period, and with what result. The ministry sees this text."
    ),
    _("0–99 % and the reason. Only where the deadline falls in or before the half-year, or it is impossible."): _(
        "0–99 % and the reason. Only where the deadline falls in or before the reporting period, or it is impossible."
    ),
    _(
        "What the draft on the site holds stands there already. Where it holds nothing yet, the status and the"
        " percent that the ministry accepted for the half-year before are proposed: change what has changed."
    ): _(
        "What the draft on the site holds stands there already. Where it holds nothing yet, the status and the"
        " percent that the ministry accepted for the reporting period before are proposed: change what has changed."
    ),
    _("In the last half-year of the year, where less was spent than planned."): _(
        "In the last reporting period of the year, where less was spent than planned."
    ),
    _("This is another half-year’s return, %(theirs)s; this page is of the %(ours)s."): _(
        "This is another reporting period’s return, %(theirs)s; this page is of the %(ours)s."
    ),
    _("«Not done» is too early: the deadline is after this half-year. Or mark it as impossible."): _(
        "«Not done» is too early: the deadline is after this reporting period. Or mark it as impossible."
    ),
    _("There is nothing to report in this half-year."): _("There is nothing to report in this reporting period."),
    _("The summary of this half-year has been approved; nothing in it can be changed any more."): _(
        "The summary of this reporting period has been approved; nothing in it can be changed any more."
    ),
    _("The summary of this half-year has been approved. The report is closed."): _(
        "The summary of this reporting period has been approved. The report is closed."
    ),
    _("This half-year is being corrected, and this report was not reopened; it stays as it is."): _(
        "This reporting period is being corrected, and this report was not reopened; it stays as it is."
    ),
    _("The ministry corrects the summary of this half-year and has reopened this report"): _(
        "The ministry corrects the summary of this reporting period and has reopened this report"
    ),
    _("A correction of this half-year is in work already."): _(
        "A correction of this reporting period is in work already."
    ),
    _("Choose executors that had something to report in this half-year."): _(
        "Choose executors that had something to report in this reporting period."
    ),
    _("Something has happened in this half-year since you opened the page; look again."): _(
        "Something has happened in this reporting period since you opened the page; look again."
    ),
    _("Approving freezes the summary for good. Executors can send nothing more for this half-year."): _(
        "Approving freezes the summary for good. Executors can send nothing more for this reporting period."
    ),
    _("No executor has anything to report in this half-year."): _(
        "No executor has anything to report in this reporting period."
    ),
    _("a later day for the half-year's report"): _("a later day for the reporting period's report"),
    _("%(executor)s: less is spent since 1 January than in the half-year before"): _(
        "%(executor)s: less is spent since 1 January than in the reporting period before"
    ),
    _("%(executor)s: less is planned for the year than in the half-year before"): _(
        "%(executor)s: less is planned for the year than in the reporting period before"
    ),
    _("Changes against the half-year before"): _("Changes against the reporting period before"),
    _("All versions of this half-year"): _("All versions of this reporting period"),
    _("Falls due in this half-year"): _("Falls due in this reporting period"),
    _("Nothing was reported on this measure in the half-year before."): _(
        "Nothing was reported on this measure in the reporting period before."
    ),
    _("Take over last half-year's text"): _("Take over the last reporting period's text"),
    _("The number says: roadmap / half-year / executor / which sending it is. The site keeps what was sent unchanged under it."): _(  # noqa: E501
        "The number says: roadmap / reporting period / executor / which sending it is. The site keeps what was sent"
        " unchanged under it."
    ),
    _("Progress by half-year"): _("Progress by reporting period"),
    _("History by half-year"): _("History by reporting period"),
    _("Who reported, and when, is shown for approved half-years."): _(
        "Who reported, and when, is shown for approved reporting periods."
    ),
    _("No approved summary speaks of this measure yet. What executors and the ministry write appears here when the half-year's summary is approved."): _(  # noqa: E501
        "No approved summary speaks of this measure yet. What executors and the ministry write appears here when the"
        " reporting period's summary is approved."
    ),
    _("By a decision of the one who took it off. Half-years opened from that day on ask for it again; those already open stay as they are."): _(  # noqa: E501
        "By a decision of the one who took it off. Reporting periods opened from that day on ask for it again; those"
        " already open stay as they are."
    ),
    _("The measure comes behind the last one, and is reported in half-years that end on the act's day or later."): _(
        "The measure comes behind the last one, and is reported in reporting periods that end on the act's day or"
        " later."
    ),
    _("Half-yearly reporting on the roadmap: executors, the ministry, the Government."): _(
        "Regular reporting on roadmaps: executors, ministries, the Government."
    ),
}  # fmt: skip


def of_period(roadmap, words):
    """Say the sentence, which speaks of a half-year, as it is said of this roadmap's periods."""
    return gettext(words if roadmap.frequency == HALF_YEAR else ELSEWHERE[words])


def are_half_yearly(roadmaps):
    return not roadmaps.exclude(frequency=HALF_YEAR).exists()


def of_roadmaps(roadmaps, words):
    """Say it of several roadmaps, a QuerySet of them: in half-years where all of them report by these."""
    return gettext(words if are_half_yearly(roadmaps) else ELSEWHERE[words])
