"""What the ministry does with a report beside reviewing it: taking an acceptance back, entering it for a body."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from reporting.errors import Conflict, Refused
from roadmap.models import User


class MinistrySteps:
    """A part of Submission, which has the fields."""

    def _note(self, kind, *, by, at, words="", details=None):
        journal = self.journal
        journal.create(
            kind=journal.model.Kind(kind), by=by, at=at, words=words, details=details or {},
            roadmap=self.period.roadmap, period=self.period,
        )  # fmt: skip

    def reopen(self, *, by, at, revision, reason):
        """Take the acceptance back, for a reason: the report waits for a review again.

        1 the period must not be approved (an approval that has begun waits, or is refused itself); 2 the submission
        must be accepted, as the officer saw it; 3 the acceptance, with its words, moves from the round into the
        journal: nothing of it is lost, and the round is what it was before, sent and not reviewed.
        """
        if not reason.strip():
            raise Refused(_("Give the reason for taking the acceptance back."))
        with transaction.atomic():
            self.period.touch()
            self.refuse_outside_correction()
            accepted = type(self).objects.filter(pk=self.pk, status=self.Status.ACCEPTED, revision=revision)
            if not accepted.update(status=self.Status.SUBMITTED, revision=F("revision") + 1):
                raise Conflict(_("This submission is not accepted any more, or was changed meanwhile; look again."))
            last = self.rounds.select_related("reviewed_by").order_by("number").last()
            self._note("reopened", by=by, at=at, words=reason.strip(), details=last.take_review_back())
            self.refresh_from_db()

    @property
    def acceptance_taken_back(self):
        """The journal's entry of the latest reopening, while the report waits for its new review; else None."""
        return self.journal.filter(kind="reopened").first() if self.status == self.Status.SUBMITTED else None

    # On the executor's behalf

    def why_not_entered(self):
        """Why the ministry may not enter this report for its executor; an empty text where it may."""
        if self.is_entered_by_ministry and self.is_editable:
            return ""
        if self.status != self.Status.DRAFT or self.period.is_locked:
            return _("The ministry can enter only a report that was not sent, before the summary is approved.")
        if self.executor_has_account and not self.is_blank:
            return _("The executor has begun to fill in this report; it is for the executor to send it.")
        return ""

    @property
    def executor_has_account(self):
        """Is there anybody who can sign in and send it?"""
        return User.objects.filter(role=User.Role.EXECUTOR, is_active=True, executor=self.executor_id).exists()

    @property
    def is_blank(self):
        """Nothing was typed, chosen or attached anywhere."""
        return all(entry.is_empty for entry in self.entries.with_details())

    def enter_for_executor(self, *, by, at, revision):
        """Let the ministry's officers fill in and send this report, as the executor's signed letter says.

        Where the executor types at the same moment, the revision differs, and the ministry looks again. The executor
        keeps its own way in; who sends it first has sent it.
        """
        with transaction.atomic():
            self.period.touch()
            self.refuse_outside_correction()
            why_not = self.why_not_entered()
            if why_not:
                raise Refused(why_not)
            waiting = type(self).objects.editable().filter(pk=self.pk, revision=revision, is_entered_by_ministry=False)
            if not waiting.update(is_entered_by_ministry=True, revision=F("revision") + 1):
                raise Conflict(_("Somebody changed this report meanwhile; look again."))
            self._note("entered_by_ministry", by=by, at=at)
            self.refresh_from_db()

    @property
    def scanned_letter(self):
        """The scan of the signed letter that goes with the next sending; None where it is still to be uploaded."""
        return self.scanned_letters.filter(detached_at=None, rounds=None).order_by("pk").last()

    def _scan_to_send(self, by):
        """The scan that this sending needs; None where the executor itself sends."""
        if by.role not in User.OF_MINISTRY:
            return None
        if not self.is_entered_by_ministry:
            raise Refused(_("This report is for its executor to send."))
        scan = self.scanned_letter
        if not scan:
            raise Refused(_("Attach the scan of the signed letter: without it nothing is entered for an executor."))
        return scan

    def _refuse_own_review(self, by):
        """Four eyes: who entered a report for an executor does not accept it, where anybody else could."""
        if self.needs_other_reviewer(by):
            raise Refused(_("You entered this report for the executor yourself; another officer accepts it."))

    def needs_other_reviewer(self, by):
        """Did this officer enter it for the executor, while another one could review it? By the roadmap's setting."""
        roadmap = self.period.roadmap
        last = self.rounds.defer("payload").order_by("number").last()
        return bool(last) and last.was_entered_by(by) and roadmap.four_eyes and User.objects.filter(
            role=User.Role.MINISTRY_OFFICER, is_active=True, executor=roadmap.coordinator_id
        ).exclude(pk=by.pk).exists()  # fmt: skip
