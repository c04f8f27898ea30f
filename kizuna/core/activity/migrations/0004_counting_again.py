from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0003_import_numbers")]

    operations = [
        migrations.AddField(model_name="rollupcursor", name="again_upto", field=models.BigIntegerField(default=0)),
    ]
