from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0003_no_index_by_time")]

    # The index became narrow here. The next one writes it anew in that shape and with eras, which once is enough.
    operations = []
