from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0013_search_composed_letters")]

    operations = [
        migrations.AddField("submissionround", "heading", models.JSONField(default=dict, editable=False)),
    ]
