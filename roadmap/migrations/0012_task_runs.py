from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0011_mail_choice"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=200, unique=True, verbose_name="task")),
                ("started_at", models.DateTimeField(null=True, verbose_name="last started")),
                ("succeeded_at", models.DateTimeField(null=True, verbose_name="last succeeded")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="last failed")),
                (
                    "error",
                    models.CharField(blank=True, max_length=300, verbose_name="error of the last failure, in one line"),
                ),
                ("seconds", models.FloatField(null=True, verbose_name="how long the last run took")),
                ("runs", models.PositiveBigIntegerField(default=0, verbose_name="runs")),
                ("failures", models.PositiveBigIntegerField(default=0, verbose_name="failures")),
                ("failures_in_a_row", models.PositiveIntegerField(default=0, verbose_name="failures in a row")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="failing since")),
                ("told_at", models.DateTimeField(null=True, verbose_name="administrators were last told")),
                ("sent_by_beat_at", models.DateTimeField(null=True, verbose_name="beat last sent it")),
            ],
            options={
                "verbose_name": "scheduled task",
                "verbose_name_plural": "Scheduled tasks",
                "permissions": [("run_taskrun", "Can start a scheduled task")],
                "default_permissions": ("view",),
            },
        ),
    ]
