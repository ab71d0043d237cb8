from django.db import migrations, models
from django.db.models import F


def count_as_mailed(apps, schema_editor):
    """What was sent before letters went out gets none afterwards."""
    apps.get_model("reporting", "SubmissionRound").objects.update(receipt_mailed_at=F("sent_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0004_submissions_in_the_order_of_their_bodies"),
    ]

    operations = [
        migrations.AddField(
            model_name="submissionround",
            name="receipt_mailed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(count_as_mailed, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="submissionround",
            index=models.Index(
                condition=models.Q(("receipt_mailed_at", None)), fields=["sent_at"], name="round_receipt_waits"
            ),
        ),
    ]
