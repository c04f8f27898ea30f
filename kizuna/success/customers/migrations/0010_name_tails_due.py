import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_cancellations")]

    operations = [
        migrations.CreateModel(
            name="NameTailsDue",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="customers.account",
                    ),
                ),
                ("held_until", models.DateTimeField(null=True)),
            ],
        ),
    ]
