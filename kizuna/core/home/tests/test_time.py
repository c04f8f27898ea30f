"""The time zone: who may change it, what they are told, and that days are counted again."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity import actions as activity
from kizuna.core.activity import rollups
from kizuna.core.activity.models import MemberDayCount
from kizuna.core.activity.types import ActivityType
from kizuna.core.community import queries as community
from kizuna.core.community.models import ManagerAction
from kizuna.core.community.settings import TIME_ZONE

pytestmark = pytest.mark.django_db
POSTED = ActivityType("test.posted", "Somebody posted.")
MIDNIGHT_IN_TOKYO = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.fixture
def counted(chie):
    with transaction.atomic():
        for _number in range(3):
            activity.record(POSTED, actor_id=chie.pk, at=MIDNIGHT_IN_TOKYO)
    rollups.roll_up()


def days() -> set[date]:
    return set(MemberDayCount.objects.filter(verb="test.posted").values_list("day", flat=True))


def test_another_zone_has_the_days_counted_again_and_is_written_down(client_of, aoi, counted):
    client = client_of(aoi)
    assert days() == {date(2026, 11, 22)}
    assert "数え直しています" not in client.get("/studio/time/").content.decode()
    answer = client.post("/studio/time/", {"time_zone": "America/New_York"}, follow=True)
    page = answer.content.decode()
    assert "数え直しています" in page
    assert "メンバーの行動: 0%" in page
    run_waiting()
    assert days() == {date(2026, 11, 21)}
    assert "数え直しています" not in client.get("/studio/time/").content.decode()
    change = ManagerAction.objects.latest("pk")
    assert (change.subject, change.after, change.member_id) == ("community.time_zone", "America/New_York", aoi.pk)
    assert "タイムゾーンを変えました" in client.get("/studio/").content.decode()


def test_pages_show_the_new_clock_at_once(client_of, aoi):
    client = client_of(aoi)
    client.get("/studio/time/")
    page = client.post("/studio/time/", {"time_zone": "Pacific/Kiritimati"}, follow=True).content.decode()
    there = timezone.now().astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert f"Pacific/Kiritimati：いまは {there.year}年{there.month}月{there.day}日 {there.hour}:" in page


def test_the_zone_that_holds_counts_nothing_again(client_of, aoi, counted):
    assert client_of(aoi).post("/studio/time/", {"time_zone": "Asia/Tokyo"}).status_code == 302
    assert not rollups.is_counting_again()
    assert not ManagerAction.objects.exists()


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "Asia/Tokyo\n"])
def test_what_is_no_zone_is_refused_at_its_field(client_of, aoi, name):
    answer = client_of(aoi).post("/studio/time/", {"time_zone": name})
    assert answer.status_code == 422
    assert 'id="id_time_zone_error"' in answer.content.decode()
    assert community.setting(TIME_ZONE) == "Asia/Tokyo"


def test_it_is_told_in_english_too(client_of, aoi, counted):
    page = client_of(aoi).get("/studio/time/?lang=en").content.decode()
    assert "Days begin at midnight there" in page


def test_a_zone_that_is_not_offered_can_be_kept(client_of, aoi):
    from kizuna.core.community import actions

    actions.change_setting(TIME_ZONE, value="Etc/GMT+3", member_id=None)
    assert '<option value="Etc/GMT+3" selected>' in client_of(aoi).get("/studio/time/").content.decode()
