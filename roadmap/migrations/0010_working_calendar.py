import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from roadmap import workdays


def seed(apps, schema_editor):
    """Keep 2013-2030 as they are known now: a later library changes nothing of it."""
    model = apps.get_model("roadmap", "CalendarDay")
    model.objects.bulk_create(model(**day._asdict()) for day in workdays.seeded())


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0009_terms_on_working_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("is_working", models.BooleanField(default=False, verbose_name="working day")),
                ("basis_kk", models.TextField(blank=True, verbose_name="basis (Kazakh)")),
                ("basis_ru", models.TextField(blank=True, verbose_name="basis (Russian)")),
                ("basis_en", models.TextField(blank=True, verbose_name="basis (English)")),
            ],
            options={
                "verbose_name": "day of the working calendar",
                "verbose_name_plural": "working calendar",
                "ordering": ["day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis_kk", ""), _negated=True),
                            models.Q(("basis_ru", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="calendar_day_has_a_basis_in_kazakh_or_russian",
                        violation_error_message="Give the basis, in Kazakh or in Russian: the act or the holiday.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCalendarDay",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("day", models.DateField(db_index=True, verbose_name="day")),
                ("is_working", models.BooleanField(default=False, verbose_name="working day")),
                ("basis_kk", models.TextField(blank=True, verbose_name="basis (Kazakh)")),
                ("basis_ru", models.TextField(blank=True, verbose_name="basis (Russian)")),
                ("basis_en", models.TextField(blank=True, verbose_name="basis (English)")),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical day of the working calendar",
                "verbose_name_plural": "historical working calendar",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        # Backward the table goes, and the days with it.
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
