"""The words of every mail as the application supplies them, and what may be said in each.

A subject, paragraphs between empty lines, and what the button says. Names in braces stand for values. Dates are named
and not declined («мерзімі – {due}»), so that a value needs no ending of its own in Kazakh.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .models import MailText

Occasion = MailText.Occasion

# What can be said in every letter about one period; then what the occasion adds.
COMMON = ("person", "executor", "act", "period", "link")

MEANINGS = {
    "person": _("the name of who gets the letter"),
    "executor": _("the executor"),
    "act": _("the act that approved the roadmap"),
    "period": _("the reporting period"),
    "link": _("the address of the page that the button opens"),
    "due": _("the day of the term"),
    "days": _("how many days are left, or have passed"),
    "comment": _("the ministry's remarks"),
    "resubmit_by": _("the day to send it again by"),
    "reason": _("the reason that was given"),
    "before": _("the day or the days before the change"),
    "after": _("the day or the days after it"),
    "petition": _("what was asked for"),
    "answer": _("the answer"),
    "decision": _("the Government's decision, where there is one"),
    "number": _("the number of the receipt, or of the version"),
    "received": _("how many reports have come in"),
    "expected": _("how many reports are expected"),
    "late": _("what came in late"),
    "missing": _("what has not come in"),
    "waiting": _("what waits for review"),
}


@dataclass(frozen=True)
class Supplied:
    subject: str
    body: str
    action: str
    values: tuple = ()

    @property
    def placeholders(self):
        return (*COMMON, *self.values)


_OPEN_REPORT = _("Open the report")
_DUE = ("due", "days")
_REMINDER = _("{days} left: information on the {period}")
_LATE = _("The term has passed: information on the {period}")
_AGAIN = _("To be sent again: the report on the {period}")

SUPPLIED = {
    Occasion.OPENED: Supplied(
        _("Reporting has begun: information on the {period}"),
        _(
            "The window for the information on the {period} is open. The term is {due}.\n\n"
            "Please enter the progress of your measures and send the report."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.DUE_IN_10: Supplied(
        _REMINDER,
        _(
            "In {days}, on {due}, the term for the information on the {period} ends.\n\n"
            "Your report has not been sent yet. Please fill it in and send it."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.DUE_IN_5: Supplied(
        _REMINDER,
        _(
            "In {days}, on {due}, the term for the information on the {period} ends.\n\n"
            "Your report has not been sent yet. Please fill it in and send it. If you need more time, ask for it no "
            "later than a day before the term."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.DUE_IN_1: Supplied(
        _REMINDER,
        _(
            "In {days}, on {due}, the term for the information on the {period} ends.\n\n"
            "Your report has not been sent yet. Please send it without leaving it to the last day."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.DUE_TODAY: Supplied(
        _("Today is the last day: information on the {period}"),
        _(
            "Today, {due}, the term for the information on the {period} ends.\n\n"
            "Your report has not been sent yet. Please send it before the end of the day."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.LATE_1: Supplied(
        _LATE,
        _(
            "The term for the information on the {period}, {due}, has passed. Your report has not come in.\n\n"
            "Please send it as soon as you can: it will be taken, and marked as late."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.LATE_3: Supplied(
        _LATE,
        _(
            "The term for the information on the {period}, {due}, passed {days} ago. Your report has not come in.\n\n"
            "Please send it as soon as you can: it will be taken, and marked as late."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.LATE_7: Supplied(
        _LATE,
        _(
            "The term for the information on the {period}, {due}, passed {days} ago. The ministry is preparing the "
            "consolidated information for the Government; without your report it will say of your measures that no "
            "information was given.\n\n"
            "Please send the report today."
        ),
        _OPEN_REPORT,
        _DUE,
    ),
    Occasion.RETURNED: Supplied(
        _("Returned for rework: the report on the {period}"),
        _(
            "The ministry has returned your report on the {period} for rework, with its remarks.\n"
            "To be sent again by: {resubmit_by}\n\n"
            "Please mend the report by the remarks and send it again."
        ),
        _OPEN_REPORT,
        ("comment", "resubmit_by"),
    ),
    Occasion.RESEND_IN_1: Supplied(
        _AGAIN,
        _(
            "The day to send the returned report on the {period} again by is near.\n"
            "To be sent again by: {resubmit_by}\n\n"
            "Please mend the report by the remarks and send it again."
        ),
        _OPEN_REPORT,
        ("resubmit_by", "days", "comment"),
    ),
    Occasion.RESEND_TODAY: Supplied(
        _AGAIN,
        _(
            "Today is the last day to send the returned report on the {period} again.\n"
            "To be sent again by: {resubmit_by}\n\n"
            "Please mend the report by the remarks and send it again before the end of the day."
        ),
        _OPEN_REPORT,
        ("resubmit_by", "days", "comment"),
    ),
    Occasion.RESEND_LATE_1: Supplied(
        _("Not sent again in time: the report on the {period}"),
        _(
            "The day to send the returned report on the {period} again by has passed.\n"
            "To be sent again by: {resubmit_by}\n\n"
            "Please mend the report by the remarks and send it again as soon as you can."
        ),
        _OPEN_REPORT,
        ("resubmit_by", "days", "comment"),
    ),
    Occasion.ACCEPTED: Supplied(
        _("Accepted: the report on the {period}"),
        _("The ministry has accepted your report on the {period}. Nothing more is asked of you. Thank you."),
        _OPEN_REPORT,
        ("comment",),
    ),
    Occasion.RECEIPT: Supplied(
        _("Receipt {number}: {period}"),
        _("The ministry has received your report on the {period}.\nReceipt: {number}"),
        _("Open the receipt"),
        ("number",),
    ),
    Occasion.DATES_MOVED: Supplied(
        _("The dates of reporting are moved: {period}"),
        _(
            "The dates of the reporting on the {period} are moved.\n"
            "Before: {before}\nNow: {after}\nReason: {reason}\n\n"
            "Please keep to the new dates."
        ),
        _OPEN_REPORT,
        ("before", "after", "reason", "due"),
    ),
    Occasion.EXTENSION: Supplied(
        _("A later day is granted: {period}"),
        _(
            "Your request for a later day is granted.\n"
            "Before: {before}\nNow: {after}\nReason: {reason}\n\n"
            "Please send the information by the new day."
        ),
        _OPEN_REPORT,
        ("before", "after", "reason", "due"),
    ),
    Occasion.PETITION: Supplied(
        _("Your petition: {answer} – {petition}"),
        _(
            "Your petition is answered.\n"
            "Asked: {petition}\nAnswer: {answer}\nNow: {after}\nDecision: {decision}\nThe ministry's words: {reason}"
        ),
        _("Open the petition"),
        ("petition", "answer", "after", "decision", "reason"),
    ),
    Occasion.REOPENED: Supplied(
        _("Reopened: the report on the {period}"),
        _(
            "The ministry has reopened your report on the {period}.\n"
            "Reason: {reason}\nTo be sent again by: {resubmit_by}\n\n"
            "Please look the report over, mend it and send it again."
        ),
        _OPEN_REPORT,
        ("reason", "resubmit_by", "due"),
    ),
    Occasion.DIGEST: Supplied(
        _("{period}: {received} of {expected} reports received"),
        _(
            "How the reporting on the {period} stands today.\n\n"
            "Received: {received} of {expected}\nWaiting for review: {waiting}\nLate: {late}\nMissing: {missing}"
        ),
        _("Open the board"),
        ("due", "days", "received", "expected", "late", "missing", "waiting"),
    ),
    Occasion.READY: Supplied(
        _("For approval: consolidated information on the {period}"),
        _(
            "The consolidated information on the {period} is handed over to you for approval.\n"
            "Due to the Government by: {due}\n\n"
            "Please read it, then approve it or send it back with remarks."
        ),
        _("Open the summary"),
        ("due", "days"),
    ),
    Occasion.APPROVED: Supplied(
        _("Approved: consolidated information on the {period}"),
        _("The consolidated information on the {period} is approved. It can be read and downloaded."),
        _("Open the summary"),
        ("number",),
    ),
    Occasion.PERSONAL_DIGEST: Supplied(
        _("Roadmap reporting: your letters of the day"),
        _("What concerns you today, in one letter."),
        _("Open the reporting"),
    ),
}  # fmt: skip
