"""Tasks are made, changed, handed over, come back and are closed; what happened is kept, and those concerned are told."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import Notification
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.tasks import actions, queries
from kizuna.success.tasks.models import NO_DAY, Department, DepartmentMember, Handover, Task, TaskChange

pytestmark = pytest.mark.django_db


def told(member) -> list[str]:
    run_waiting()
    return list(Notification.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def test_a_task_is_made_written_down_and_shown_on_the_timeline(task, account, emi):
    assert (task.state, task.order_on, task.owner_id) == ("open", date(2026, 11, 25), emi.pk)
    assert TaskChange.objects.get(task=task).what == "made"
    touch = Touchpoint.objects.get(source_type="task")
    assert (touch.account_id, touch.channel, touch.kind, touch.is_internal) == (account.pk, "task", "task.made", True)
    assert Activity.objects.get(verb="task.made").props == {"account": account.pk, "owner": emi.pk, "is_given": False}


def test_a_task_is_no_touch_with_the_customer(task, account):
    account.refresh_from_db()
    assert account.last_touched_at is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "長" * 161}, "title"),
        ({"title": "x", "owner_id": 999_999}, "owner"),
        ({"title": "x", "due_on": date(1800, 1, 1)}, "due_on"),
        ({"title": "x", "contact_id": 999_999}, "contact"),
    ],
)
def test_wrong_input_is_refused_at_its_field(desk, account, now, fields, field):
    with pytest.raises(Refused) as refused:
        actions.make_task(viewer=desk, account=account, fields=fields, now=now)
    assert refused.value.field == field
    assert not Task.objects.exists()


def test_a_member_without_the_desk_owns_no_task(desk, account, chie, ben, now):
    for member in (chie, ben):
        with pytest.raises(Refused):
            actions.make_task(viewer=desk, account=account, fields={"title": "x", "owner_id": member.pk}, now=now)


def test_an_analyst_and_a_member_change_nothing(viewer_of, ken, chie, account, task, now):
    for viewer in (viewer_of(ken), viewer_of(chie)):
        for act in (
            lambda viewer: actions.make_task(viewer=viewer, account=account, fields={"title": "x"}, now=now),
            lambda viewer: actions.change_task(viewer=viewer, task=task, fields={"title": "x"}, now=now),
            lambda viewer: actions.complete_task(viewer=viewer, task=task, now=now),
            lambda viewer: actions.hand_over(
                viewer=viewer, task=task, department=Department.objects.first(), ask="", now=now
            ),
        ):
            with pytest.raises(Refused):
                act(viewer)
    assert TaskChange.objects.count() == 1


def test_a_change_keeps_what_it_was_and_an_equal_one_is_none(desk, task, now):
    actions.change_task(viewer=desk, task=task, fields={"title": task.title}, now=now)
    changed = actions.change_task(viewer=desk, task=task, fields={"title": "資料を直して送る", "due_on": None}, now=now)
    assert (changed.order_on, changed.title) == (NO_DAY, "資料を直して送る")
    first, last = TaskChange.objects.filter(task=task).order_by("pk")
    assert (first.state["title"], first.state["due_on"]) == ("引き継ぎ資料を送る", "2026-11-25")
    assert sorted(last.fields) == ["due_on", "title"]


def test_a_task_goes_to_a_department_and_comes_back(desk, viewer_of, ken, emi, task, sales, now):
    actions.hand_over(viewer=desk, task=task, department=sales, ask="価格を教えてください", now=now)
    task.refresh_from_db()
    assert (task.state, task.department_id, task.owner_id) == ("handed", sales.pk, emi.pk)
    assert told(ken) == ["task.handed"]
    later = now + timedelta(days=2)
    actions.answer_handover(viewer=viewer_of(ken), task=task, answer="月額1万円です", now=later)
    task.refresh_from_db()
    handover = Handover.objects.get()
    assert (task.state, handover.answer, handover.answered_by_id, handover.answered_at) == (
        "returned",
        "月額1万円です",
        ken.pk,
        later,
    )
    assert told(emi) == ["task.returned"]
    kinds = Touchpoint.objects.filter(source_type="task").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["task.made", "task.handed", "task.returned"]


def test_a_task_lies_at_one_department_at_a_time(desk, task, sales, now):
    actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    with pytest.raises(Refused):
        actions.hand_over(viewer=desk, task=task, department=Department.objects.get(slug="support"), ask="", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(task=task, department=sales, at=now)


def test_who_sits_elsewhere_does_not_answer(desk, viewer_of, ken, task, now):
    support = Department.objects.get(slug="support")
    actions.hand_over(viewer=desk, task=task, department=support, ask="", now=now)
    with pytest.raises(Refused):
        actions.answer_handover(viewer=viewer_of(ken), task=task, answer="x", now=now)


def test_a_seat_in_a_department_without_the_desk_opens_nothing(desk, viewer_of, chie, task, sales, now):
    DepartmentMember.objects.create(department=sales, member=chie)
    actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    assert told(chie) == []
    with pytest.raises(Refused):
        actions.answer_handover(viewer=viewer_of(chie), task=task, answer="x", now=now)


def test_taken_back_and_closed_tasks_lie_nowhere(desk, task, sales, now):
    actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    actions.take_back(viewer=desk, task=task, now=now)
    task.refresh_from_db()
    assert task.state == "open"
    actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    actions.complete_task(viewer=desk, task=task, now=now)
    assert not Handover.objects.filter(answered_at=None, taken_back_at=None).exists()
    with pytest.raises(Refused):
        actions.answer_handover(viewer=desk, task=task, answer="x", now=now)
    with pytest.raises(Refused):
        actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    actions.reopen_task(viewer=desk, task=task, now=now)
    task.refresh_from_db()
    assert (task.state, task.closed_at) == ("open", None)


def test_closing_twice_is_once(desk, task, now):
    actions.complete_task(viewer=desk, task=task, now=now)
    actions.complete_task(viewer=desk, task=task, now=now)
    assert TaskChange.objects.filter(what="done").count() == 1
    with pytest.raises(Refused):
        actions.drop_task(viewer=desk, task=task, now=now)


def test_a_new_owner_is_told_and_oneself_is_not(desk, aoi, emi, task, now):
    actions.change_task(viewer=desk, task=task, fields={"owner_id": aoi.pk}, now=now)
    assert told(aoi) == ["task.given"]
    assert told(emi) == []
    actions.change_task(viewer=desk, task=task, fields={"title": "別の題"}, now=now)
    assert told(aoi) == ["task.given"]


def test_the_due_day_is_told_once_and_a_new_one_anew(desk, emi, task, now):
    day = task.due_on
    assert actions.tell_due(today=day - timedelta(days=1), now=now, limit=10) == 0
    assert [actions.tell_due(today=day, now=now, limit=10) for _time in range(2)] == [1, 0]
    assert told(emi) == ["task.due"]
    Notification.objects.update(read_at=now)
    actions.change_task(viewer=desk, task=task, fields={"due_on": day + timedelta(days=7)}, now=now)
    assert actions.tell_due(today=day + timedelta(days=7), now=now, limit=10) == 1
    actions.complete_task(viewer=desk, task=task, now=now)
    actions.change_task(viewer=desk, task=task, fields={"due_on": day}, now=now)
    assert actions.tell_due(today=day, now=now, limit=10) == 0


def test_a_list_is_paged_by_day_without_gaps(desk, make_task, now):
    days = [None, date(2026, 12, 1), date(2026, 11, 1), date(2026, 12, 1), None]
    made = [make_task(title=f"第{number}", due_on=day).pk for number, day in enumerate(days)]
    seen, after = [], ""
    while True:
        page = queries.page_of_tasks(desk, queries.TaskFilter(), today=now.date(), after=after, limit=2)
        seen += [task.pk for task in page.tasks]
        after = page.after
        if not after:
            break
    assert seen == [made[2], made[1], made[3], made[0], made[4]]


def test_filters_tell_mine_late_handed_and_closed(desk, make_task, aoi, sales, now):
    late, handed = make_task("遅れ", due_on=date(2026, 11, 1)), make_task("依頼", owner_id=aoi.pk)
    done = make_task("済み")
    actions.hand_over(viewer=desk, task=handed, department=sales, ask="", now=now)
    actions.complete_task(viewer=desk, task=done, now=now)

    def titles(**params):
        wanted = queries.TaskFilter.of(params)
        return [task.title for task in queries.page_of_tasks(desk, wanted, today=now.date()).tasks]

    assert titles() == ["遅れ", "依頼"]
    assert titles(owner="me") == ["遅れ"]
    assert titles(late="1") == [late.title]
    assert titles(state="handed", department="sales") == ["依頼"]
    assert titles(department="support") == []
    assert titles(state="closed") == ["済み"]
    assert titles(owner=str(aoi.pk)) == ["依頼"]


def test_a_merge_takes_the_tasks_along_and_its_undoing_brings_them_back(desk, account, make_account, task, now):
    kept = make_account("青波堂")
    merge = customers.merge_accounts(viewer=desk, kept=kept, absorbed=account, now=now)
    task.refresh_from_db()
    assert task.account_id == kept.pk
    customers.undo_merge(viewer=desk, merge=merge, now=now)
    task.refresh_from_db()
    assert task.account_id == account.pk


def test_managers_name_departments_and_only_the_team_sits_in_them(viewer_of, desk, aoi, emi, chie, now):
    owner = viewer_of(aoi)
    values = {"name": {"ja": "法務", "en": "Legal"}, "member_ids": [emi.pk, chie.pk], "is_archived": False, "now": now}
    with pytest.raises(Refused):
        actions.define_department(viewer=desk, department=None, **values)
    made = actions.define_department(viewer=owner, department=None, **values)
    assert (made.slug, queries.members_of(made)) == ("legal", [emi.pk])
    actions.define_department(viewer=owner, department=made, **{**values, "is_archived": True})
    assert "legal" not in [item.slug for item in queries.departments()]
    again = actions.define_department(viewer=owner, department=None, **values)
    assert again.slug == "legal-2"


def test_a_department_with_tasks_is_not_put_away(viewer_of, aoi, desk, task, sales, now):
    actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    values = {"name": sales.name, "member_ids": [], "is_archived": True, "now": now}
    with pytest.raises(Refused) as refused:
        actions.define_department(viewer=viewer_of(aoi), department=sales, **values)
    assert refused.value.field == "is_archived"
