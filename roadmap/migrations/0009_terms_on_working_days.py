from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0008_history")]

    operations = [
        migrations.AddField(
            model_name,
            "moves_to_working_day",
            models.BooleanField(
                "a term that ends on a day off counts until the next working day",
                default=True,
                help_text="By the working calendar. Windows open by the act's own dates all the same.",
            ),
        )
        for model_name in ("roadmap", "historicalroadmap")
    ]
