
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0002_children_by_parent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, unique=True)),
                ('name', models.JSONField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_archived', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160)),
                ('body', models.TextField(blank=True, default='')),
                ('due_on', models.DateField(null=True)),
                ('order_on', models.DateField(default=datetime.date(9999, 12, 31))),
                ('state', models.CharField(choices=[('open', 'Open'), ('handed', 'Handed'), ('returned', 'Returned'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=10)),
                ('told_due_on', models.DateField(null=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.account')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.contact')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.department')),
                ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ask', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('answer', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.department')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='TaskChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('made', 'Made'), ('changed', 'Changed'), ('handed', 'Handed'), ('returned', 'Returned'), ('taken_back', 'Taken Back'), ('done', 'Done'), ('dropped', 'Dropped'), ('reopened', 'Reopened')], max_length=12)),
                ('at', models.DateTimeField()),
                ('fields', models.JSONField(default=list)),
                ('state', models.JSONField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handover', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tasks.handover')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='DepartmentMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='tasks.department')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('department', 'member'), name='department_member_once')],
            },
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['account', 'state', 'order_on', 'id'], name='task_of_account'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['owner', 'state', 'order_on', 'id'], name='task_of_owner'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['department', 'state', 'order_on', 'id'], name='task_of_department'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['state', 'order_on', 'id'], name='task_by_day'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['task', '-at', '-id'], name='handover_latest'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at', None), ('taken_back_at', None)), fields=('task',), name='handover_open_once'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at', None), ('taken_back_at', None), _connector='OR'), name='handover_ends_one_way'),
        ),
        migrations.AddIndex(
            model_name='taskchange',
            index=models.Index(fields=['task', '-at', '-id'], name='task_change_latest'),
        ),
    ]
