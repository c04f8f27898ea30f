import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_children_by_parent"),
        ("usage", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountUsage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("last_at", models.DateTimeField()),
                ("active_7_count", models.PositiveIntegerField()),
                ("active_28_count", models.PositiveIntegerField()),
                ("active_28_before_count", models.PositiveIntegerField()),
                ("days", models.JSONField()),
                ("names", models.JSONField()),
                ("made_at", models.DateTimeField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "First"),
                            ("quiet", "Quiet"),
                            ("again", "Again"),
                            ("drop", "Drop"),
                            ("rise", "Rise"),
                        ],
                        max_length=5,
                    ),
                ),
                ("day", models.DateField()),
                ("before", models.PositiveIntegerField(default=0)),
                ("after", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.account",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-at", "-id"], name="usage_change_of_account"),
                    models.Index(fields=["kind", "at"], name="usage_change_of_kind"),
                ],
            },
        ),
    ]
