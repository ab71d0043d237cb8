"""What is asked of those who may decide: a later day for a report or a measure, or to take a measure off control."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict, Refused
from reporting.period_words import of_period
from roadmap import clock
from roadmap.models import Executor, Measure, MeasureChange, Roadmap, User, lineage

from .entry import TEXT_LIMIT
from .off_control import OffControl
from .petition_days import (
    fault_of_deadline,
    faults_in_asking_for_report,
    is_asked_late,
)
from .petition_steps import PetitionSteps
from .submission import Submission


class PetitionQuerySet(models.QuerySet):
    def for_user(self, user):
        """An executor's own, also those of its predecessors; the ministry those of its roadmaps."""
        if not user.is_authenticated:
            return self.none()
        if user.role == User.Role.EXECUTOR:
            return self.filter(executor__in=lineage(user.executor_id))
        if user.role in User.OF_MINISTRY:
            return self.filter(roadmap__in=Roadmap.objects.for_user(user))
        return self.none()

    def open(self):
        """Not answered yet. What was asked for a half-year that is approved meanwhile concerns nobody any more."""
        return self.filter(status__in=Petition.OPEN).exclude(submission__period__locked_at__isnull=False)

    def about(self, kind, subject):
        """Those of one kind on a submission or a measure."""
        name = "submission" if kind == Petition.Kind.EXTEND_REPORT else "measure"
        return self.filter(**{"kind": kind, name: subject})

    def granted_extensions(self):
        """The Government's decisions on measures' deadlines, the latest last; without the long texts."""
        return (
            self.filter(kind=Petition.Kind.EXTEND_MEASURE, status=Petition.Status.GRANTED)
            .only("measure", "kind", "status", "granted_until", "decision_body", "decision_number", "decision_date")
            .order_by("pk")
        )

    def extensions_on(self, roadmap, day):
        """{position of the measure: the later deadline that had been decided by that day, and no act set since}."""
        set_anew = MeasureChange.objects.filter(
            measure=models.OuterRef("measure"),
            kind=MeasureChange.Kind.DEADLINE,
            amendment__applied_at__isnull=False,
            amendment__in_force_on__lte=day,
            amendment__in_force_on__gt=models.OuterRef("decision_date"),
        )
        decided = self.filter(roadmap=roadmap, decision_date__lte=day).exclude(models.Exists(set_anew))
        decided = decided.granted_extensions()
        return dict(decided.values_list("measure__position", "granted_until"))

    def ask(self, subject, *, kind, by, at, values):
        """Ask for a later day or for leaving control; the ministry asks nobody but the Government.

        1 refuse what cannot be asked (`faults_in_asking`); 2 a report's half-year must not be approved; 3 mark what
        comes late and what is not the first.

        `subject` is a Submission or a Measure; `values`: situation, reason, wanted_until or ground, answers_for_name,
        answers_for_post, letter_number, letter_date.
        """
        day = clock.day_of(at)
        executor = by.executor if by.role == User.Role.EXECUTOR else None
        faults = faults_in_asking(kind, subject, values, executor=executor, on=day)
        if faults:
            raise Refused(" ".join(dict.fromkeys(str(sentence) for sentence in faults.values())))
        is_report = kind == Petition.Kind.EXTEND_REPORT
        petition = Petition(
            roadmap=subject.period.roadmap if is_report else subject.roadmap,
            kind=kind,
            executor=executor,
            asked_by=by,
            asked_at=at,
            is_late=kind != Petition.Kind.OFF_CONTROL and is_asked_late(subject, day),
            is_exception=is_exception(kind, subject),
            **{"submission" if is_report else "measure": subject},
            **values,
        )
        if executor is None:
            petition.status, petition.proposed_by, petition.proposed_at = Petition.Status.PROPOSED, by, at
        try:
            with transaction.atomic():
                if is_report:
                    subject.period.touch()
                petition.save(force_insert=True)
                petition.note(by=by, at=at)
        except IntegrityError as error:
            raise Conflict(_("This has just been asked for, and is not answered yet.")) from error
        return petition


class Petition(PetitionSteps, models.Model):
    """One request and its way (Rules of 2023, p. 187-195).

    A later day for a report is granted by the ministry, at the latest to its own due date. A measure's deadline, and
    its leaving control for another ground than «done», are the Government's: the ministry refuses, or proposes and
    records the decision (body, number, date, document); until then the decree's deadline counts.
    """

    class Kind(models.TextChoices):
        EXTEND_REPORT = "extend_report", gettext_lazy("a later day for the half-year's report")
        EXTEND_MEASURE = "extend_measure", gettext_lazy("a later deadline of the measure")
        OFF_CONTROL = "off_control", gettext_lazy("taking the measure off control")

    class Status(models.TextChoices):
        ASKED = "asked", gettext_lazy("asked")
        PROPOSED = "proposed", gettext_lazy("proposed to the Government")
        GRANTED = "granted", gettext_lazy("granted")
        REFUSED = "refused", gettext_lazy("refused")
        WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")

    OPEN = (Status.ASKED, Status.PROPOSED)

    roadmap = models.ForeignKey(Roadmap, models.PROTECT, verbose_name=gettext_lazy("roadmap"), related_name="petitions")
    kind = models.CharField(gettext_lazy("what is asked"), max_length=15, choices=Kind)
    status = models.CharField(gettext_lazy("status"), max_length=10, choices=Status, default=Status.ASKED)
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="petitions")
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("measure"), related_name="petitions"
    )
    # Who asks; empty where the ministry proposes of itself.
    executor = models.ForeignKey(
        Executor,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("executor"),
        related_name="petitions",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=gettext_lazy("asked by"), related_name="+"
    )
    asked_at = models.DateTimeField(gettext_lazy("asked at"))
    situation = models.TextField(gettext_lazy("how things stand"), max_length=TEXT_LIMIT)
    reason = models.TextField(gettext_lazy("why"), max_length=TEXT_LIMIT)
    wanted_until = models.DateField(gettext_lazy("the new date that is asked for"), null=True, blank=True)
    ground = models.PositiveSmallIntegerField(gettext_lazy("ground"), choices=OffControl.Ground, null=True, blank=True)
    answers_for_name = models.CharField(gettext_lazy("who answers for it"), max_length=200)
    answers_for_post = models.CharField(gettext_lazy("post"), max_length=300)
    letter_number = models.CharField(gettext_lazy("number of the letter"), max_length=100, blank=True)
    letter_date = models.DateField(gettext_lazy("date of the letter"), null=True, blank=True)
    # Asked later than a day before the term: taken and marked. Not the first one: an exception (p. 189).
    is_late = models.BooleanField(gettext_lazy("asked late"), default=False)
    is_exception = models.BooleanField(gettext_lazy("not the first: an exception"), default=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer = models.TextField(gettext_lazy("the ministry's words"), max_length=TEXT_LIMIT, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    granted_until = models.DateField(gettext_lazy("granted until"), null=True, blank=True)
    decision_body = models.CharField(gettext_lazy("who decided"), max_length=300, blank=True)
    decision_name = models.CharField(gettext_lazy("document"), max_length=300, blank=True)
    decision_number = models.CharField(gettext_lazy("number of the decision"), max_length=100, blank=True)
    decision_date = models.DateField(gettext_lazy("date of the decision"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("petition")
        verbose_name_plural = gettext_lazy("petitions")
        ordering = ["-pk"]
        permissions = [
            ("ask_petition", "Can ask for a later day or for taking off control"),
            ("answer_petition", "Can grant, refuse and propose petitions, and record decisions"),
        ]
        constraints = [
            models.CheckConstraint(
                name="petition_kind_and_status_are_known",
                condition=Q(
                    kind__in=["extend_report", "extend_measure", "off_control"],
                    status__in=["asked", "proposed", "granted", "refused", "withdrawn"],
                ),
            ),
            models.CheckConstraint(
                name="petition_is_about_a_report_or_a_measure",
                condition=Q(kind="extend_report", submission__isnull=False, measure=None)
                | (~Q(kind="extend_report") & Q(submission=None, measure__isnull=False)),
            ),
            models.CheckConstraint(
                name="petition_asks_for_a_day_or_names_a_ground",
                condition=Q(kind="off_control", ground__in=[2, 3, 4, 5], wanted_until=None)
                | (~Q(kind="off_control") & Q(ground=None, wanted_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="petition_on_a_measure_is_granted_by_a_decision",
                condition=~Q(status="granted")
                | Q(kind="extend_report", granted_until__isnull=False)
                | (
                    ~Q(kind="extend_report")
                    & ~Q(decision_body="")
                    & ~Q(decision_name="")
                    & ~Q(decision_number="")
                    & Q(decision_date__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(status__in=["asked", "proposed"]),
                name="report_has_one_open_petition",
            ),
            models.UniqueConstraint(
                fields=["measure", "executor", "kind"],
                condition=Q(status__in=["asked", "proposed"]),
                name="measure_has_one_open_petition_of_an_executor",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.submission or self.measure}"

    def get_kind_display(self):
        """The kind's label, in the words of the roadmap's periods."""
        if self.is_about_report:
            return of_period(self.submission.period.roadmap, "a later day for the half-year's report")
        return self.Kind(self.kind).label

    @property
    def is_about_report(self):
        return self.kind == self.Kind.EXTEND_REPORT

    @property
    def is_lapsed(self):
        """Not answered before the half-year's summary was approved."""
        return self.status in self.OPEN and self.is_about_report and self.submission.period.is_locked

    @property
    def is_open(self):
        return self.status in self.OPEN and not self.is_lapsed

    @property
    def subject(self):
        return self.submission if self.is_about_report else self.measure

    @property
    def term(self):
        """The day that counts as long as nothing is granted."""
        return self.subject.due_on

    def note(self, *, by, at, words="", kind="petition", **details):
        """Write into the journal what became of it; the caller holds the transaction."""
        # Through the relation: the journal stands above, among the models that it tells of.
        self.roadmap.journal.create(
            kind=kind,
            at=at,
            by=by,
            submission=self.submission,
            period=self.submission.period if self.submission else None,
            measure=self.measure,
            words=words,
            details={"petition": self.pk, "step": self.status, **details},
        )

    def steps(self):
        """(status, its label, what the journal says) of its way, the oldest first."""
        way = self.roadmap.journal.filter(kind="petition", submission=self.submission_id, measure=self.measure_id)
        entries = way.filter(details__petition=self.pk).select_related("by").order_by("pk")
        return [(entry.details["step"], self.Status(entry.details["step"]).label, entry) for entry in entries]


def is_exception(kind, subject):
    """Has it been extended before? A second time is an exception (p. 189)."""
    if kind == Petition.Kind.OFF_CONTROL:
        return False
    return Petition.objects.about(kind, subject).filter(status=Petition.Status.GRANTED).exists()


def faults_in_asking(kind, subject, values, *, executor, on):
    """Return {field or None: sentence} for what cannot be asked on that day; empty where it can.

    `values` need no more than `wanted_until` or `ground`, once they are known.
    """
    if executor and not _is_own(kind, subject, executor):
        return {None: _("Only who reports on it can ask for it.")}
    open_ones = Petition.objects.about(kind, subject).filter(executor=executor, status__in=Petition.OPEN)
    if open_ones.exists():
        return {None: _("This has been asked for already, and is not answered yet.")}
    if kind == Petition.Kind.EXTEND_REPORT:
        return faults_in_asking_for_report(subject, values.get("wanted_until"), on)
    if subject.off_controls.in_force_on(on).exists():
        return {None: _("The measure is off control already.")}
    if kind == Petition.Kind.OFF_CONTROL:
        is_known = values.get("ground", OffControl.Ground.REPLACED) in OffControl.Ground.values[1:]
        return {} if is_known else {"ground": _("Choose one of the grounds.")}
    if subject.due_on is None:
        return {None: _("This measure has no deadline that could be moved.")}
    fault = fault_of_deadline(subject, values.get("wanted_until"), on)
    return {"wanted_until": fault} if fault else {}


def _is_own(kind, subject, executor):
    if kind == Petition.Kind.EXTEND_REPORT:
        return subject.executor_id == executor.pk
    return subject.assignments.filter(executor=executor).exists()
