
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0005_view_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Encounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('call', 'Call'), ('meeting', 'Meeting'), ('mail', 'Mail')], max_length=8)),
                ('direction', models.CharField(choices=[('in', 'In'), ('out', 'Out'), ('none', 'None')], default='none', max_length=4)),
                ('at', models.DateTimeField()),
                ('minutes', models.PositiveIntegerField(null=True)),
                ('title', models.CharField(max_length=160)),
                ('body', models.TextField(blank=True, default='')),
                ('is_internal', models.BooleanField(default=True)),
                ('is_removed', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.account')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EncounterPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.contact')),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='encounters.encounter')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EncounterVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.JSONField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='encounters.encounter')),
            ],
        ),
        migrations.AddIndex(
            model_name='encounter',
            index=models.Index(fields=['account', '-at', '-id'], name='encounter_of_account'),
        ),
        migrations.AddConstraint(
            model_name='encounterperson',
            constraint=models.UniqueConstraint(condition=models.Q(('contact__isnull', False)), fields=('encounter', 'contact'), name='encounter_contact_once'),
        ),
        migrations.AddConstraint(
            model_name='encounterperson',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('encounter', 'member'), name='encounter_member_once'),
        ),
        migrations.AddConstraint(
            model_name='encounterperson',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact__isnull', False), ('member__isnull', True)), models.Q(('contact__isnull', True), ('member__isnull', False)), _connector='OR'), name='encounter_person_is_one'),
        ),
    ]
