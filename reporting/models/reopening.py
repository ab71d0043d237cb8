"""A report in a correction of its half-year: reopened for its executor, or left as it was."""

from django.db.models import F
from django.utils.translation import gettext as _

from reporting.errors import Conflict, Refused
from reporting.period_words import of_period


class Reopening:
    """A part of Submission, which has the fields.

    `reopened_from` is the state before the correction that is in work, `reopened_until` the day to send it again by,
    while that was not done. Both go with the correction's approval or withdrawal.
    """

    @property
    def is_reopened(self):
        """Reopened by a correction, and not sent again yet."""
        return self.reopened_until is not None

    @property
    def is_outside_correction(self):
        """The half-year is being corrected, and this report stays as it is."""
        return not self.reopened_from and self.period.is_in_correction

    @property
    def reopening_reason(self):
        """Why the report was reopened; empty where it was not, or was sent again."""
        return self.period.correction_reason if self.is_reopened else ""

    @property
    def resubmit_by(self):
        """The day to send it again by: the correction's, or that of the last return."""
        last = self.last_round
        return self.reopened_until or (last and last.resubmit_by)

    def refuse_outside_correction(self):
        """Asked of the database: the period may have been reopened since it was read."""
        in_correction = type(self.period).objects.in_correction().filter(pk=self.period_id)
        if not self.reopened_from and in_correction.exists():
            words = "This half-year is being corrected, and this report was not reopened; it stays as it is."
            raise Refused(of_period(self.period.roadmap, words))

    # The steps of a correction, which hold the transaction

    def reopen_for_correction(self, *, until):
        """Let the executor change the report; its rounds, with what was answered to them, stay as they are."""
        target = self.Status.DRAFT if self.status == self.Status.NOT_SUBMITTED else self.Status.RETURNED
        found = type(self).objects.filter(pk=self.pk, status=self.status, reopened_from="")
        if not found.update(status=target, reopened_from=self.status, reopened_until=until, revision=F("revision") + 1):
            raise Conflict(_("A report has changed since you opened the page; look again."))
        self.entries.update(is_sent=False)
        self.refresh_from_db()

    def close_again(self):
        """Put the report back as it was; refused once the executor has changed or sent it: nothing is thrown away."""
        if not self.is_as_before_reopening:
            raise Refused(
                _("%(executor)s has changed its report already; nothing of that is thrown away.")
                % {"executor": self.executor}
            )
        last = self.last_round if self.reopened_from in self.REPORTED else None
        letter = {name: getattr(last, name) for name in self.LETTER_FIELDS} if last else {}
        found = type(self).objects.filter(pk=self.pk, revision=self.revision)
        if not found.update(
            **letter,
            status=F("reopened_from"),
            reopened_from="",
            reopened_until=None,
            revision=F("revision") + 1,
        ):
            raise Conflict(_("A report has changed since you opened the page; look again."))
        self.entries.update(is_sent=last is not None)
        self.refresh_from_db()

    @property
    def is_as_before_reopening(self):
        """Nothing was sent since; and what had been sent stands as it was. A report never sent may hold a draft."""
        if not self.is_reopened or self.status not in self.EDITABLE:
            return False
        return self.reopened_from not in self.REPORTED or _said(self.as_payload()) == _said(self.last_round.payload)


def _said(payload):
    """What was said, by measure, whatever numbers the measures have now."""
    return {
        entry["measure"]: {name: value for name, value in entry.items() if name not in ("position", "number")}
        for entry in payload
    }
