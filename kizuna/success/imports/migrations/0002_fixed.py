from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_first")]

    operations = [migrations.AddField("importrun", "fixed", models.JSONField(default=dict))]
