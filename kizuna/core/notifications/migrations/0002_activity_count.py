from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_first")]

    operations = [migrations.RenameField("notification", "event_count", "activity_count")]
