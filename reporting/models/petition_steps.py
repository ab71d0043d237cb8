"""What becomes of a petition: withdrawn, granted, refused, proposed to the Government, decided there."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from reporting.errors import Conflict, Refused
from roadmap import clock
from roadmap.models import Measure, User

from .off_control import OffControl
from .petition_days import fault_of_day, faults_in_deciding
from .submission import Submission


class PetitionSteps:
    """A part of Petition, which has the fields. Each step is one transition."""

    def _move(self, source, target, *, by, at, revision, words, details=None, **changes):
        found = type(self).objects.filter(pk=self.pk, status=source, revision=revision)
        if not found.update(status=target, revision=F("revision") + 1, **changes):
            raise Conflict(_("This petition has been answered, withdrawn or changed meanwhile; look again."))
        self.refresh_from_db()
        self.note(by=by, at=at, words=words, **details or {})

    def can_withdraw(self, user):
        """Who asked may, until the ministry has passed it on; the ministry may its own until the decision."""
        if user.role == User.Role.EXECUTOR:
            return self.status == self.Status.ASKED and self.executor_id == user.executor_id
        return self.status == self.Status.PROPOSED and self.executor_id is None

    def withdraw(self, *, by, at, revision):
        if not self.can_withdraw(by):
            raise Refused(_("This petition is answered, or passed on to the Government; it cannot be withdrawn."))
        with transaction.atomic():
            self._move(self.status, self.Status.WITHDRAWN, by=by, at=at, revision=revision, words="")

    def grant(self, *, by, at, revision, until, words=""):
        """Give the report a later day, at the latest the ministry's own; it ends by itself."""
        if not self.is_about_report:
            raise Refused(_("Only the Government moves a measure's deadline or takes it off control for this ground."))
        fault = fault_of_day(self.submission, until, on=clock.day_of(at))
        if fault:
            raise Refused(fault)
        with transaction.atomic():
            self.submission.period.touch()
            self._move(
                self.Status.ASKED,
                self.Status.GRANTED,
                by=by,
                at=at,
                revision=revision,
                words=words.strip(),
                details={"until": until.isoformat()},
                answer=words.strip(),
                answered_by=by,
                answered_at=at,
                granted_until=until,
            )
            # The period's dates may have been moved beyond it just now; a granted day never shortens anything.
            if not Submission.objects.filter(pk=self.submission_id, due_on__lt=until).update(
                due_on=until, effective_due_on=self.roadmap.effective(until)
            ):
                raise Conflict(_("The report is due later than that by now; look again."))
            self.submission.refresh_from_db()

    def refuse(self, *, by, at, revision, words):
        if not words.strip():
            raise Refused(_("Say why it is refused; the executor reads it."))
        answer = {"answer": words.strip(), "answered_by": by, "answered_at": at}
        with transaction.atomic():
            self._move(
                self.Status.ASKED, self.Status.REFUSED, by=by, at=at, revision=revision, words=words.strip(), **answer
            )

    def propose(self, *, by, at, revision, words):
        """Pass it on to the Government; the decree's deadline counts until the decision."""
        if self.is_about_report:
            raise Refused(_("The ministry itself grants or refuses a later day for a report."))
        if not words.strip():
            raise Refused(_("Say what is proposed to the Government, and why."))
        passed_on = {"answer": words.strip(), "proposed_by": by, "proposed_at": at}
        with transaction.atomic():
            self._move(
                self.Status.ASKED, self.Status.PROPOSED, by=by, at=at, revision=revision, words=words.strip(),
                **passed_on,
            )  # fmt: skip

    def record_decision(self, *, by, at, revision, is_granted, decision, until=None, words=""):
        """Record what the Government decided on a measure, and let it count.

        1 refuse days that cannot be; 2 the petition must be as the officer saw it; 3 granted: the measure's deadline
        is extended, or it leaves control; 4 both are in the journal.

        `decision`: decision_body, decision_name, decision_number, decision_date; `until` where a deadline is extended.
        """
        if self.is_about_report:
            raise Refused(_("The ministry itself grants or refuses a later day for a report."))
        is_extended = is_granted and self.kind == self.Kind.EXTEND_MEASURE
        faults = self.faults_in_deciding(decision, until if is_extended else None, on=clock.day_of(at))
        if is_extended and not until:
            faults["granted_until"] = _("Give the new deadline that was decided.")
        if faults:
            raise Refused(" ".join(dict.fromkeys(faults.values())))
        with transaction.atomic():
            self._move(
                self.Status.PROPOSED,
                self.Status.GRANTED if is_granted else self.Status.REFUSED,
                by=by,
                at=at,
                revision=revision,
                words=words.strip(),
                details={"until": until.isoformat()} if is_extended else {},
                answer=words.strip() or self.answer,
                answered_by=by,
                answered_at=at,
                granted_until=until if is_extended else None,
                **decision,
            )
            if is_extended:
                self._extend_measure()
            elif is_granted:
                self._take_off_control(by=by, at=at)

    def faults_in_deciding(self, decision, until, *, on):
        """Return {field: sentence} for what cannot have been decided so; empty where it can."""
        return faults_in_deciding(self.measure, decision, until, on=on)

    def _extend_measure(self):
        seen = Measure.objects.filter(pk=self.measure_id, extended_to=self.measure.extended_to)
        if not seen.update(extended_to=self.granted_until):
            raise Conflict(_("The measure's deadline has been changed meanwhile; look again."))
        self.measure.refresh_from_db()

    def _take_off_control(self, *, by, at):
        try:
            with transaction.atomic():
                OffControl.objects.create(
                    measure=self.measure,
                    ground=self.ground,
                    decided_on=self.decision_date,
                    by=by,
                    document=self.decision_name,
                    decision_body=self.decision_body,
                    decision_number=self.decision_number,
                    petition=self,
                )
        except IntegrityError as error:
            raise Conflict(_("The measure is off control already.")) from error
        self.note(kind="off_control", by=by, at=at, words=self.decision_name, ground=self.ground)
