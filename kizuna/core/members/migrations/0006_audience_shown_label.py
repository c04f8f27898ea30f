from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0005_consents_of_everybody")]

    operations = [
        migrations.AddField(model_name="audience", name="shown_label", field=models.JSONField(default=dict)),
    ]
