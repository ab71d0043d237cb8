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
LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]


def kept(to, name, related):
    return models.ForeignKey(to, django.db.models.deletion.PROTECT, verbose_name=name, related_name=related)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0017_notices"), ("roadmap", "0011_mail_choice")]

    operations = [
        migrations.CreateModel(
            "MailText",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("roadmap", kept("roadmap.roadmap", "roadmap", "mail_texts")),
                ("occasion", models.CharField("occasion", max_length=20, choices=list(OCCASIONS.items()))),
                ("language", models.CharField("language", max_length=2, choices=LANGUAGES)),
                ("number", models.PositiveIntegerField("number")),
                ("subject", models.CharField("subject", max_length=150, blank=True)),
                ("body", models.TextField("text of the letter", max_length=4000, blank=True)),
                ("written_by", kept(settings.AUTH_USER_MODEL, "written by", "+")),
                ("written_at", models.DateTimeField("written at")),
            ],
            {
                "verbose_name": "words of a letter",
                "verbose_name_plural": "words of the letters",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        name="mail_text_has_one_state_of_each_number",
                        fields=["roadmap", "occasion", "language", "number"],
                    ),
                    models.CheckConstraint(
                        name="mail_text_is_written_whole_or_as_supplied",
                        condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")),
                    ),
                    models.CheckConstraint(
                        name="mail_text_occasion_is_known", condition=Q(occasion__in=tuple(OCCASIONS))
                    ),
                    models.CheckConstraint(
                        name="mail_text_language_is_known", condition=Q(language__in=["kk", "ru", "en"])
                    ),
                ],
            },
        ),
    ]
