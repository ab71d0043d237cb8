from django.db import migrations, models
from django.db.models import F


def as_decreed(apps, schema_editor):
    period, submission = apps.get_model("reporting", "ReportingPeriod"), apps.get_model("reporting", "Submission")
    period.objects.update(executors_effective_on=F("executors_due_on"), ministry_effective_on=F("ministry_due_on"))
    submission.objects.update(effective_due_on=F("due_on"))


FIELDS = (
    ("reportingperiod", "executors_effective_on"),
    ("reportingperiod", "ministry_effective_on"),
    ("submission", "effective_due_on"),
)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0014_receipt_heading"), ("roadmap", "0009_terms_on_working_days")]

    operations = [
        *(migrations.AddField(model, name, models.DateField(editable=False, null=True)) for model, name in FIELDS),
        migrations.RunPython(as_decreed, migrations.RunPython.noop),
        *(migrations.AlterField(model, name, models.DateField(editable=False)) for model, name in FIELDS),
    ]
