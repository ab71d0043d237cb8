from django.db import migrations

from roadmap.workdays import WorkingDays


def count(apps, schema_editor):
    """Let terms count until working days, where no approval has judged them."""
    calendar_day = apps.get_model("roadmap", "CalendarDay")
    days = WorkingDays(dict(calendar_day.objects.values_list("day", "is_working")))
    submission = apps.get_model("reporting", "Submission")
    periods = apps.get_model("reporting", "ReportingPeriod").objects.filter(roadmap__moves_to_working_day=True)
    for period in periods.filter(locked_at=None).exclude(summaries__status="approved"):
        period.executors_effective_on = days.effective(period.executors_due_on)
        period.ministry_effective_on = days.effective(period.ministry_due_on)
        period.save(update_fields=["executors_effective_on", "ministry_effective_on"])
        own = submission.objects.filter(period=period)
        for day in set(own.order_by().values_list("due_on", flat=True)):
            own.filter(due_on=day).update(effective_due_on=days.effective(day))


class Migration(migrations.Migration):
    dependencies = [("reporting", "0015_working_days"), ("roadmap", "0010_working_calendar")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
