from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("answering", "0001_first"),
    ]

    operations = [
        migrations.AlterField(
            model_name="answeritem",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answered", "Answered"),
                    ("closed", "Closed"),
                    ("wrote", "Wrote"),
                    ("call", "Call"),
                    ("no_door", "No Door"),
                    ("refused", "Refused"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
