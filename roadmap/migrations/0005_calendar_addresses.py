from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0004_names_of_any_length_and_bodies_in_order")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="calendar_number",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
