"""The board against an example world counted by hand: weekends, a holiday, members, staff and automatic answers apart."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kizuna.core.members.actions import system_viewer
from kizuna.engagement.discussions.actions import open_topic, post_reply
from kizuna.engagement.discussions.models import Space
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage
from kizuna.success.mailbox.models import Acknowledgement
from kizuna.success.service import actions, facts, queries
from kizuna.success.service.models import InquiryFigures
from kizuna.success.service.queries import BoardFilter
from kizuna.success.tasks import actions as tasks
from tests.cast import make_member

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
NOVEMBER = {"from": "2026-11-01", "to": "2026-12-01"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026. The 21st and 22nd are a weekend, the 23rd is a holiday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO)


NOW = at(30, 12)


@pytest.fixture
def ask(desk):
    """Return a function that takes an inquiry in and counts it."""

    def make(received_at, **fields):
        said = {"title": "箱", "channel": "mail", "received_at": received_at, "body": "箱", **fields}
        inquiry = inbox.open_inquiry(viewer=desk, fields=said, now=received_at)
        actions.count_inquiry(inquiry_id=inquiry.pk)
        return inquiry

    return make


@pytest.fixture
def answer(desk):
    """Return a function that answers an inquiry at a moment as a door would."""

    def send(inquiry, moment, *, author=None):
        author = author or desk
        message = InquiryMessage.objects.create(
            inquiry=inquiry, direction="out", author_id=author.member_id, body="はい", at=moment
        )
        delivery = Delivery.objects.create(
            message=message, channel="mail", state="sending", send_at=moment, key=f"k{message.pk}", created_at=moment
        )
        inbox.note_sent(delivery_id=delivery.pk, now=moment)
        return actions.count_inquiry(inquiry_id=inquiry.pk)

    return send


def board(viewer, **asked):
    wanted = BoardFilter.of({**NOVEMBER, **asked}, viewer=viewer, today=NOW.date())
    return queries.board_of(viewer, wanted, now=NOW)


def test_minutes_are_counted_in_business_hours_only(ask, answer, desk):
    # Friday 17:30 to Tuesday 9:30: half an hour on Friday, half an hour on Tuesday; weekend and holiday do not count.
    figures = answer(ask(at(20, 17, 30)), at(24, 9, 30))
    assert (figures.first_minutes, figures.staff_minutes, figures.first_by) == (60, 60, "staff")
    assert (figures.member_minutes, figures.bot_minutes, figures.response_met) == (None, None, True)
    assert (str(figures.arrived_on), figures.arrived_hour, figures.is_outside) == ("2026-11-20", 17, False)


def test_median_and_p90_rest_on_the_answered_and_the_others_are_said(ask, answer, desk):
    for minutes in (10, 20, 30, 100):
        answer(ask(at(24, 9)), at(24, 9) + timedelta(minutes=minutes))
    ask(at(24, 9))
    spam = ask(at(24, 9))
    inbox.close_inquiry(viewer=desk, inquiry=spam, because="spam", now=at(24, 10))
    actions.count_inquiry(inquiry_id=spam.pk)
    found = board(desk)
    # 10 20 30 100: the median lies between 20 and 30; 90 % of the way of three steps is 30 + 0.7 × 70.
    assert (found.answers["first"].n, found.answers["first"].median) == (4, 25)
    assert found.answers["first"].p90 == pytest.approx(79)
    assert (found.counts["all"], found.counts["answered"], found.counts["unanswered"]) == (6, 4, 1)
    assert found.counts["left_out"] == 1
    assert found.answers["bot"].n == 0
    assert found.answers["bot"].median is None


def test_one_that_is_late_without_an_answer_counts_as_late(ask, answer, desk):
    answer(ask(at(24, 9)), at(24, 10))  # due at 14:00
    answer(ask(at(24, 9)), at(24, 15))
    ask(at(24, 9))
    ask(at(30, 11))  # due later today
    found = board(desk)
    assert (found.response.count, found.response.n) == (1, 3)
    assert (found.counts["response_missed"], found.counts["response_running"]) == (2, 1)
    assert found.response.low == pytest.approx(0.0615, abs=0.001)  # Wilson, 1 of 3
    assert found.response.high == pytest.approx(0.7923, abs=0.001)
    wanted = BoardFilter.of(NOVEMBER, viewer=desk, today=NOW.date())
    late, _after = queries.page_of(desk, wanted, "response_missed", now=NOW)
    assert len(late) == found.counts["response_missed"]


def test_a_member_who_answers_first_is_told_from_the_team_and_from_the_system(viewer_of, chie):
    space = Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=at(1, 9))
    topic = open_topic(viewer=viewer_of(chie), space=space, title="箱", body="箱", now=at(24, 9))
    found = inbox.take_question(topic=topic, now=at(24, 9))
    post_reply(viewer=viewer_of(chie), topic=topic, body="書き足し", now=at(24, 9, 5))
    post_reply(viewer=viewer_of(make_member("fumi")), topic=topic, body="こうです", now=at(24, 9, 40))
    figures = actions.count_inquiry(inquiry_id=found.inquiry.pk)
    assert (figures.member_minutes, figures.staff_minutes, figures.first_by) == (40, None, "member")
    assert figures.first_minutes == 40
    inbox.close_solved(topic_id=topic.pk, post_id=0, now=at(24, 10))
    assert actions.count_inquiry(inquiry_id=found.inquiry.pk).resolution_minutes == 60


def test_an_automatic_answer_is_no_first_answer(ask, answer, desk):
    inquiry = ask(at(24, 9))
    Acknowledgement.objects.create(
        inquiry=inquiry, address_key="a", state="sent", promise="", at=at(24, 9), settled_at=at(24, 9, 2)
    )
    assert actions.count_stale() == 1
    figures = InquiryFigures.objects.get()
    assert (figures.bot_minutes, figures.first_minutes, figures.first_by) == (2, None, "")
    by_system = answer(ask(at(24, 9)), at(24, 9, 30), author=system_viewer())
    assert (by_system.bot_minutes, by_system.first_minutes) == (30, None)


def test_closing_leaves_out_the_time_of_waiting_for_the_customer(ask, answer, desk):
    inquiry = ask(at(24, 9))
    answer(inquiry, at(24, 10))  # from here on we wait
    inbox.close_inquiry(viewer=desk, inquiry=inquiry, because="answered", now=at(26, 10))
    figures = actions.count_inquiry(inquiry_id=inquiry.pk)
    assert (figures.resolution_minutes, figures.resolution_met) == (60, True)
    assert board(desk).resolution.median == 60
    inbox.reopen_inquiry(viewer=desk, inquiry=inquiry, now=at(26, 11))
    assert actions.count_inquiry(inquiry_id=inquiry.pk).reopened == 1
    assert (board(desk).reopened.count, board(desk).reopened.n) == (1, 1)
    assert board(desk).counts["unresolved"] == 1


def test_the_same_person_again_within_the_days_on_any_channel(ask, account, person, make_account, desk):
    first = ask(at(2, 9), contact_id=person.pk, account_id=account.pk)
    ask(at(6, 9), contact_id=person.pk, account_id=account.pk, channel="phone")  # 4 days later
    ask(at(16, 9), contact_id=person.pk, account_id=account.pk)  # 10 days after that
    ask(at(10, 9), account_id=account.pk, sender="x@aonami.co.jp")  # a colleague
    ask(at(29, 9), sender="new@example.com")  # too young to tell
    ask(at(12, 9))  # nobody knows who
    found = board(desk)
    assert (found.person_again.count, found.person_again.n) == (1, 4)
    assert found.counts["person_young"] == 1
    assert (found.account_again.count, found.account_again.n) == (3, 4)
    assert board(desk, repeat="14").person_again.count == 2
    assert board(desk, repeat="3").person_again.count == 0
    spam = ask(at(3, 9), contact_id=person.pk, account_id=account.pk)
    assert InquiryFigures.objects.get(pk=first.pk).person_next_id == spam.pk
    inbox.close_inquiry(viewer=desk, inquiry=spam, because="spam", now=at(3, 10))
    actions.count_inquiry(inquiry_id=spam.pk)
    assert board(desk, repeat="3").person_again.count == 0


def test_days_are_those_of_the_community_and_the_last_is_not_in_it(ask, desk):
    ask(datetime(2026, 11, 1, 0, 30, tzinfo=TOKYO))  # still October in UTC
    ask(datetime(2026, 12, 1, 0, 0, tzinfo=TOKYO))
    found = board(desk)
    assert found.counts["all"] == 1
    assert dict(found.by_day) == {(at(1, 0).date(), True): 1}
    assert dict(found.by_hour) == {(0, True): 1}


def figures() -> list[dict]:
    return list(InquiryFigures.objects.order_by("pk").values())


def test_a_rebuild_gives_the_same(ask, answer, desk, account, person):
    answer(ask(at(20, 17, 30), contact_id=person.pk, account_id=account.pk), at(24, 9, 30))
    ask(at(24, 11), contact_id=person.pk, account_id=account.pk)
    ask(at(3, 11), contact_id=person.pk, account_id=account.pk)  # told late
    before = figures()
    assert actions.rebuild() == 3
    assert figures() == before
    assert actions.count_stale() == 0


def test_changed_hours_are_counted_again_as_a_rebuild_would(ask, answer, desk, aoi, viewer_of):
    answer(ask(at(20, 17, 30)), at(24, 9, 30))
    ask(at(22, 10))
    assert not queries.is_counting()
    week = {day: [["9:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    inbox.set_hours(viewer=viewer_of(aoi), value={"week": week, "closes_on_holidays": False}, now=NOW)
    assert queries.is_counting()
    assert actions.count_stale(limit=1) == 1  # killed after the first: the rest is gone on with
    assert actions.count_stale() == 1
    assert actions.count_stale() == 0
    assert not queries.is_counting()
    again = figures()
    assert again[0]["first_minutes"] == 30 + 3 * 540 + 30
    assert again[1]["is_outside"] is False
    actions.rebuild()
    assert figures() == again


def test_what_changed_without_an_activity_is_found(ask, desk):
    inquiry = ask(at(24, 9))
    Inquiry.objects.filter(pk=inquiry.pk).update(channel="phone", updated_at=at(24, 10))
    assert actions.count_stale() == 1
    assert InquiryFigures.objects.get().channel == "phone"


def test_the_backlog_is_the_queue_s(ask, answer, desk, emi):
    ask(at(24, 9))
    ask(at(29, 13))
    answer(ask(at(24, 9), owner_id=emi.pk), at(24, 10))
    wanted = BoardFilter.of(NOVEMBER, viewer=desk, today=NOW.date())
    found = queries.backlog_of(desk, wanted, now=NOW)
    assert (found.count, found.ownerless, found.waiting, found.overdue) == (3, 2, 1, 1)
    assert sum(n for _since, _until, n in found.ages) == 3
    assert [n for since, _until, n in found.ages if since == 0] == [1]
    assert found.oldest_at == at(24, 9)
    assert facts.hours_key() == facts.hours_key()


@pytest.mark.parametrize(("size", "colleague", "manager"), [(1, False, True), (2, False, True), (3, True, True)])
def test_nobody_s_figures_can_be_taken_from_those_of_a_team(ask, viewer_of, aoi, emi, size, colleague, manager):
    """Emi knows her own figures: a team of her and one more would tell the other's."""
    team = [emi, *(make_member(f"staff{number}", "success_manager") for number in range(2))][:size]
    team = team if size > 1 else [make_member("alone", "success_manager")]
    department = tasks.define_department(
        viewer=viewer_of(aoi), department=None, name={"ja": "窓口"}, member_ids=[one.pk for one in team],
        is_archived=False, now=NOW,
    )  # fmt: skip
    for one in team:
        ask(at(24, 9), owner_id=one.pk)
    for member, may in ((emi, colleague), (aoi, manager)):
        [shown] = board(viewer_of(member)).teams
        assert shown.department == department
        assert (shown.figures is not None) == may
    assert {one.member for one in board(viewer_of(emi)).people} <= {emi, None}


def test_one_s_own_team_of_one_is_shown(ask, viewer_of, aoi, emi):
    tasks.define_department(
        viewer=viewer_of(aoi), department=None, name={"ja": "窓口"}, member_ids=[emi.pk], is_archived=False, now=NOW
    )
    ask(at(24, 9), owner_id=emi.pk)
    [shown] = board(viewer_of(emi)).teams
    assert shown.figures is not None
    assert shown.figures.counts["all"] == 1
