import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_fit_with_kind")]

    operations = [
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(blank=True, default="", max_length=120)),
                ("cancelled_on", models.DateField()),
                ("reason", models.CharField(blank=True, default="", max_length=120)),
                ("told", models.TextField(blank=True, default="")),
                ("import_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cancellations",
                        to="customers.account",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.contract",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="cancellation_external_id_once",
            ),
        ),
        migrations.AddIndex(
            model_name="cancellation",
            index=models.Index(fields=["account", "-cancelled_on", "-id"], name="cancellation_of_account"),
        ),
    ]
