"""One owner, states, dues that go on or stand still, departments, closing with an answer or a reason."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.success.effort import actions as effort
from kizuna.success.inbox import actions, queries
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry, InquiryChange
from kizuna.success.tasks.models import Department, DepartmentMember
from tests.cast import make_member

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=TOKYO)


@pytest.fixture
def asked(now):
    return receive(
        arrival=Arrival("mail", "請求書の宛名", "宛名を変えたいです。", now, sender="t@x.example"), now=now
    ).inquiry


@pytest.fixture
def development(db, emi, now):
    department = Department.objects.filter(slug="development").first() or Department.objects.create(
        slug="development", name={"ja": "開発"}, created_at=now
    )
    DepartmentMember.objects.create(department=department, member=emi)
    return department


def verbs(inquiry) -> list[str]:
    return list(
        Activity.objects.filter(object_type="inquiry", object_id=inquiry.pk)
        .order_by("pk")
        .values_list("verb", flat=True)
    )


def test_priority_moves_the_dues(desk, asked):
    actions.prioritise(viewer=desk, inquiry=asked, priority="urgent", now=at("24T09:00"))
    asked.refresh_from_db()
    assert asked.due_at == at("24T11:00")
    actions.prioritise(viewer=desk, inquiry=asked, priority="low", now=at("24T09:00"))
    asked.refresh_from_db()
    assert asked.due_at == at("24T18:00")


def test_waiting_for_the_customer_stops_the_clock_and_snoozing_does_not(desk, asked):
    with pytest.raises(Refused):
        actions.wait(viewer=desk, inquiry=asked, now=at("24T10:00"))
    Inquiry.objects.filter(pk=asked.pk).update(first_response_at=at("24T10:00"))
    assert asked.resolution_due_at == at("25T18:00")
    actions.wait(viewer=desk, inquiry=asked, now=at("24T10:00"))
    actions.snooze(viewer=desk, inquiry=asked, until=at("26T09:00"), now=at("24T15:00"))
    asked.refresh_from_db()
    assert asked.resolution_due_at == at("26T14:00")  # four business hours after the 25th at 18:00
    actions.wake(viewer=desk, inquiry=asked, now=at("25T15:00"))
    asked.refresh_from_db()
    assert (asked.state, asked.due_at) == ("open", at("26T14:00"))


def test_what_was_put_off_comes_back_by_itself_and_the_owner_is_told_before_a_due(desk, asked):
    actions.assign(viewer=desk, inquiry=asked, owner_id=desk.member_id, now=at("22T12:00"))
    actions.snooze(viewer=desk, inquiry=asked, until=at("24T09:00"), now=at("22T12:00"))
    assert actions.watch(now=at("24T08:59"), limit=10) == 0
    actions.watch(now=at("24T09:00"), limit=10)
    asked.refresh_from_db()
    assert (asked.state, asked.snoozed_until) == ("open", None)
    actions.watch(now=at("24T12:30"), limit=10)  # lunch: nobody is there
    actions.watch(now=at("24T13:00"), limit=10)
    actions.watch(now=at("24T13:01"), limit=10)
    assert verbs(asked).count("inquiry.due_soon") == 1
    assert "inquiry.escalated" not in verbs(asked)
    actions.watch(now=at("24T13:45"), limit=10)
    actions.watch(now=at("24T15:00"), limit=10)
    assert verbs(asked).count("inquiry.escalated") == 1


def test_a_department_answers_and_the_dues_go_on(desk, asked, development, viewer_of, now):
    analyst = make_member("yuki", "analyst")
    DepartmentMember.objects.create(department=development, member=analyst)
    due = asked.due_at
    handed = actions.hand_over(
        viewer=desk, inquiry=asked, department=development, ask="原因は？", back_by=at("24T12:00"), now=now
    )
    asked.refresh_from_db()
    assert (asked.state, asked.owner_id, asked.due_at) == ("handed", desk.member_id, due)
    with pytest.raises(Refused):
        actions.hand_over(viewer=desk, inquiry=asked, department=development, ask="", back_by=None, now=now)
    actions.watch(now=at("24T10:00"), limit=10)
    assert verbs(asked).count("inquiry.late_back") == 1
    stranger = make_member("kei", "analyst")
    with pytest.raises(Refused):
        actions.answer_handover(viewer=viewer_of(stranger), inquiry=asked, answer="x", now=at("24T11:00"))
    actions.answer_handover(viewer=viewer_of(analyst), inquiry=asked, answer="直しました。", now=at("24T11:00"))
    asked.refresh_from_db()
    handed.refresh_from_db()
    assert (asked.state, asked.department_id, handed.answer) == ("open", None, "直しました。")


def test_nothing_closes_without_an_answer_or_a_reason(desk, asked, now):
    for because in ("answered", "", "whatever"):
        with pytest.raises(Refused):
            actions.close_inquiry(viewer=desk, inquiry=asked, because=because, now=now)
    with pytest.raises(Refused):
        actions.close_inquiry(viewer=desk, inquiry=asked, because="same", same_as=asked.pk, now=now)
    actions.close_inquiry(viewer=desk, inquiry=asked, because="phone", now=now)
    asked.refresh_from_db()
    assert (asked.state, asked.closed_because, asked.first_response_at, asked.due_at) == ("closed", "phone", now, None)
    actions.reopen_inquiry(viewer=desk, inquiry=asked, now=now)
    assert (
        InquiryChange.objects.filter(inquiry=asked).values_list("what", flat=True).order_by("pk").last() == "reopened"
    )


def test_two_inquiries_do_not_repeat_each_other(desk, asked, now):
    other = receive(arrival=Arrival("mail", "同じ話", "", now), now=now).inquiry
    actions.close_inquiry(viewer=desk, inquiry=other, because="same", same_as=asked.pk, now=now)
    with pytest.raises(Refused):
        actions.close_inquiry(viewer=desk, inquiry=asked, because="same", same_as=other.pk, now=now)


def test_many_at_once_close_only_where_the_reason_holds(desk, asked, now):
    other = receive(arrival=Arrival("mail", "宣伝", "", now), now=now).inquiry
    Inquiry.objects.filter(pk=other.pk).update(first_response_at=now)
    done, left = actions.close_inquiries(viewer=desk, ids=[asked.pk, other.pk], because="answered", now=now)
    assert (done, left) == (1, [asked.pk])
    assert actions.assign_many(viewer=desk, ids=[asked.pk, other.pk], owner_id=desk.member_id, now=now) == 2
    assert actions.assign_many(viewer=desk, ids=[asked.pk, other.pk], owner_id=desk.member_id, now=now) == 0


def test_nobody_but_the_team_can_own_an_inquiry(desk, asked, chie, now):
    with pytest.raises(Refused):
        actions.assign(viewer=desk, inquiry=asked, owner_id=chie.pk, now=now)


def test_an_analyst_reads_and_changes_nothing(ken, viewer_of, asked, now):
    viewer = viewer_of(ken)
    assert queries.inquiry_for(viewer, asked.pk) == asked
    for act in (
        lambda: actions.assign(viewer=viewer, inquiry=asked, owner_id=None, now=now),
        lambda: actions.add_note(viewer=viewer, inquiry=asked, body="x", now=now),
        lambda: actions.send_reply(viewer=viewer, inquiry=asked, body="x", now=now),
        lambda: actions.close_inquiry(viewer=viewer, inquiry=asked, because="spam", now=now),
        lambda: actions.save_draft(viewer=viewer, inquiry=asked, kind="reply", body="x", now=now),
    ):
        with pytest.raises(Refused):
            act()


def test_working_time_is_known_wherever_the_timer_is_stopped(desk, asked):
    actions.note_minutes(viewer=desk, inquiry=asked, minutes=12, now=at("24T10:00"))
    actions.start_timer(viewer=desk, inquiry=asked, now=at("24T10:00"))
    assert queries.timer_on(desk, asked) is not None
    effort.stop_timer(viewer=desk, now=at("24T10:25"))
    assert queries.minutes_on(asked) == 37
    other = receive(arrival=Arrival("mail", "別", "", at("24T10:00")), now=at("24T10:00")).inquiry
    assert queries.minutes_on(other) == 0


def test_a_note_calls_colleagues_with_the_desk_only(desk, aoi, chie, asked, now):
    note = actions.add_note(viewer=desk, inquiry=asked, body="@aoi と @chie へ", now=now)
    assert list(note.mentions.values_list("member_id", flat=True)) == [aoi.pk]
    assert Activity.objects.get(verb="inquiry.noted").props["mentions"] == 1


def test_the_parts_of_the_queue_hold_each_open_inquiry_once(desk, now):
    until = at("25T00:00")
    made = [receive(arrival=Arrival("mail", f"{n}", "", now), now=now).inquiry for n in range(9)]
    later, late, soon, held, waits = made[:5]
    for inquiry in made[:5]:
        actions.assign(viewer=desk, inquiry=inquiry, owner_id=desk.member_id, now=now)
    moments = {late: at("20T10:00"), soon: at("24T12:00"), later: at("27T10:00")}
    for inquiry, due in moments.items():
        Inquiry.objects.filter(pk=inquiry.pk).update(due_at=due)
    actions.snooze(viewer=desk, inquiry=held, until=at("26T09:00"), now=now)
    Inquiry.objects.filter(pk=waits.pk).update(state="waiting", due_at=None)
    Inquiry.objects.filter(pk=made[5].pk).update(urgency=6)
    counts = queries.counts_of(desk, now=now, until=until)
    assert (counts.ownerless, counts.overdue, counts.next, counts.later, counts.hold) == (4, 1, 1, 1, 2)
    assert (counts.needs, counts.open, counts.mine, counts.outside) == (5, 9, 5, 8)
    wanted = queries.QueueFilter()
    found = {
        name: queries.part_of(desk, wanted, name, now=now, until=until)[0]
        for name in ("ownerless", "overdue", "next", "later", "hold")
    }
    assert found["ownerless"][0] == made[5]
    assert sorted(row.pk for rows in found.values() for row in rows) == sorted(row.pk for row in made)


@pytest.mark.parametrize("view", ["open", "outside", "closed"])
def test_pages_hold_every_row_once(desk, now, view, monkeypatch):
    monkeypatch.setattr("kizuna.success.inbox.queries.queue.PAGE", 3)
    rows = [receive(arrival=Arrival("mail", f"{n}", "", now), now=now).inquiry for n in range(10)]
    for number, inquiry in enumerate(rows):
        Inquiry.objects.filter(pk=inquiry.pk).update(
            due_at=None if number % 3 == 0 else at("24T12:00"), urgency=number % 2
        )
    if view == "closed":
        actions.close_inquiries(viewer=desk, ids=[row.pk for row in rows], because="spam", now=now)
    seen, after = [], ""
    for _page in range(5):
        page, after = queries.page_of(desk, queries.QueueFilter(view=view), after=after)
        seen += [row.pk for row in page]
        if not after:
            break
    assert sorted(seen) == sorted(row.pk for row in rows)
