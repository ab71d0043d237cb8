from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0006_search"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="expenditure",
            options={
                "ordering": ["entry", "source"],
                "verbose_name": "expenditure",
                "verbose_name_plural": "expenditures",
            },
        ),
        migrations.AlterModelOptions(
            name="periodchange",
            options={"ordering": ["-pk"], "verbose_name": "moved date", "verbose_name_plural": "moved dates"},
        ),
        migrations.AlterModelOptions(
            name="summaryevent",
            options={
                "ordering": ["-pk"],
                "verbose_name": "step of a summary",
                "verbose_name_plural": "steps of summaries",
            },
        ),
        migrations.AlterModelOptions(
            name="summaryfile",
            options={
                "ordering": ["summary", "language", "kind"],
                "verbose_name": "file of a summary",
                "verbose_name_plural": "files of summaries",
            },
        ),
    ]
