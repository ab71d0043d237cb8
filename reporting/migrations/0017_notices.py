import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

OCCASIONS = {
    "opened": "the executors' window opens",
    "due_in_10": "ten days before the term",
    "due_in_5": "five days before the term",
    "due_in_1": "the day before the term",
    "due_today": "on the last day",
    "late_1": "one day late",
    "late_3": "three days late",
    "late_7": "seven days late",
    "returned": "a report is returned for rework",
    "resend_in_1": "the day before it is to be sent again",
    "resend_today": "on the day to send it again by",
    "resend_late_1": "not sent again, one day late",
    "accepted": "a report is accepted",
    "receipt": "a report has come in: the receipt",
    "dates_moved": "the dates of a period are moved",
    "extension": "a later day is granted",
    "petition": "a petition is answered",
    "reopened": "a report is reopened",
    "digest": "how a period stands, daily, to the ministry",
    "ready": "a summary waits for the head's approval",
    "approved": "a summary is approved",
    "personal_digest": "a person's letters of the day in one",
}
STATES = [
    ("waiting", "waits to be sent"),
    ("sent", "mailed"),
    ("failed", "could not be delivered"),
    ("dropped", "not needed any more"),
]


def receipts_into_the_log(apps, schema_editor):
    """Nobody gets again what was mailed already."""
    sent_round, notice = apps.get_model("reporting", "SubmissionRound"), apps.get_model("reporting", "Notice")
    mailed = sent_round.objects.exclude(receipt_mailed_at=None).select_related("submission__period", "sent_by")
    rows = (
        notice(
            person_id=sent.sent_by_id, occasion="receipt", about=f"round:{sent.pk}", state="sent", tries=1,
            roadmap_id=sent.submission.period.roadmap_id, period_id=sent.submission.period_id,
            submission_id=sent.submission_id, address=sent.sent_by.email, made_at=sent.sent_at,
            next_try_at=sent.receipt_mailed_at, sent_at=sent.receipt_mailed_at,
        )
        for sent in mailed.defer("payload").iterator()
    )  # fmt: skip
    notice.objects.bulk_create(rows, batch_size=500)


def receipts_out_of_the_log(apps, schema_editor):
    """Mark the rounds again; what was sent only counts, not when the letter was made."""
    sent_round, notice = apps.get_model("reporting", "SubmissionRound"), apps.get_model("reporting", "Notice")
    for about, sent_at in notice.objects.filter(occasion="receipt", state="sent").values_list("about", "sent_at"):
        sent_round.objects.filter(pk=int(about.partition(":")[2])).update(receipt_mailed_at=sent_at)


def kept(to, name, null=True):
    options = {"null": True, "blank": True} if null else {}
    on_delete = django.db.models.deletion.PROTECT
    return models.ForeignKey(to, on_delete, verbose_name=name, related_name="notices", **options)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0016_terms_by_the_working_calendar")]

    operations = [
        migrations.CreateModel(
            "Notice",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", kept(settings.AUTH_USER_MODEL, "addressee", null=False)),
                ("occasion", models.CharField("occasion", max_length=20, choices=list(OCCASIONS.items()))),
                ("about", models.CharField("about", max_length=80)),
                ("roadmap", kept("roadmap.roadmap", "roadmap")),
                ("period", kept("reporting.reportingperiod", "reporting period")),
                ("submission", kept("reporting.submission", "submission")),
                ("state", models.CharField("state", max_length=10, choices=STATES, default="waiting")),
                ("made_at", models.DateTimeField("made at")),
                ("next_try_at", models.DateTimeField("next try at")),
                ("tries", models.PositiveSmallIntegerField("tries", default=0)),
                ("sent_at", models.DateTimeField("mailed at", null=True, blank=True)),
                ("failure", models.CharField("last failure", max_length=300, blank=True)),
                ("address", models.CharField("e-mail address", max_length=254, blank=True)),
                ("subject", models.TextField("subject of the letter", blank=True)),
                ("text", models.TextField("text of the letter", blank=True)),
            ],
            {
                "verbose_name": "letter sent to a person",
                "verbose_name_plural": "letters sent to people",
                "ordering": ["-pk"],
                "permissions": [("resend_notice", "Can have letters that failed sent again")],
                "constraints": [
                    models.UniqueConstraint(fields=["person", "occasion", "about"], name="notice_is_made_once"),
                    models.CheckConstraint(name="notice_occasion_is_known", condition=Q(occasion__in=tuple(OCCASIONS))),
                    models.CheckConstraint(
                        name="notice_state_is_known",
                        condition=Q(state__in=["waiting", "sent", "failed", "dropped"]),
                    ),
                    models.CheckConstraint(
                        name="notice_that_was_sent_says_when",
                        condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                    ),
                ],
                "indexes": [
                    models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="notice_waits"),
                    models.Index(fields=["about"], name="notice_about"),
                    models.Index(fields=["made_at"], condition=Q(state="failed"), name="notice_failed"),
                ],
            },
        ),
        migrations.RunPython(receipts_into_the_log, receipts_out_of_the_log),
        migrations.RemoveIndex("submissionround", "round_receipt_waits"),
        migrations.RemoveField("submissionround", "receipt_mailed_at"),
    ]
