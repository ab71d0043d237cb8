from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0010_working_calendar")]

    operations = [
        migrations.AddField(
            "user",
            "mail_choice",
            models.CharField(
                "letters",
                max_length=10,
                choices=[
                    ("single", "each letter by itself, at once"),
                    ("digest", "one letter a day, with everything of that day"),
                ],
                default="single",
                help_text="The person may change it on the page «Letters».",
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(name="user_mail_choice_is_known", condition=Q(mail_choice__in=["single", "digest"])),
        ),
    ]
