"""Working time in a browser: by hand, by the week, by the timer, a forgotten one, and what the team sees."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.journeys.conftest import PASSWORD
from tests.journeys.looks import fine, fine_in, inside, walk  # noqa: F401

pytestmark = pytest.mark.browser
NARROW_DARK, NARROW_ENGLISH = (390, "dark", "ja"), (390, "light", "en")


def forget_timers() -> None:
    """Let every timer run since yesterday."""
    from kizuna.success.effort.models import EffortTimer

    EffortTimer.objects.update(started_at=timezone.now() - timedelta(hours=30))


@pytest.mark.parametrize("scripts", [True, False])
def test_hours_are_noted_by_hand_by_week_and_by_timer(visit, site, inside, scripts):  # noqa: F811
    page = visit("/desk/effort/", handle="aoi", scripts=scripts, width=1440 if scripts else 390)
    page.locator("main, header").get_by_role("link", name="作業時間を記録").first.click()
    page.get_by_label("作業時間").fill("二時間")
    page.get_by_role("button", name="保存").click()
    field = page.get_by_label("作業時間", exact=True)
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "二時間", "what was typed stays"
    if scripts:
        fine(page)
    field.fill("1:30")
    page.get_by_label("顧客番号").fill("C-1")
    page.get_by_label("作業内容").fill("導入の相談 <b>太字</b>")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/desk/effort/**")
    page.goto(site.url + "/desk/effort/")
    hours = page.locator("table input:not([readonly])").first
    hours.fill("45m")
    page.get_by_role("button", name="この週を保存").click()
    assert "0:45" in [cell.input_value() for cell in page.locator("table input").all()]
    page.get_by_role("button", name="開始").click()
    page.get_by_role("button", name="止めて記録").wait_for()
    if scripts:
        fine_in(page, NARROW_DARK)
    inside(forget_timers)
    page.reload()
    page.get_by_role("link", name="実際の作業時間を入力する").first.click()
    page.locator("input[name=minutes]").fill("0:20")
    page.get_by_role("button", name="この時間で記録").click()
    page.goto(site.url + "/desk/effort/rows/")
    assert "導入の相談 <b>太字</b>" in page.locator("main").inner_text()
    assert page.get_by_role("link", name="株式会社青波堂").count()


def test_the_team_sees_sums_and_closes_a_week(visit, site):
    page = visit("/desk/effort/team/", handle="aoi")
    page.get_by_role("button", name="締める").last.click()
    page.get_by_text("締め済み").first.wait_for()
    page.get_by_label("理由").last.fill("書き忘れがありました")
    page.get_by_role("button", name="締めを解除").last.click()
    page.get_by_text("書き忘れがありました").wait_for()
    walk(page, site, ["/desk/effort/", "/desk/effort/rows/", "/desk/effort/team/", "/desk/effort/functions/", "/desk/effort/new/",
                      f"/desk/effort/rows/?account={site.account}", "/desk/effort/rows/?from=2020-01-01&to=2020-01-02"])  # fmt: skip


def test_a_sign_in_that_ended_keeps_what_was_typed(visit, site):
    page = visit("/desk/effort/new/", handle="aoi", scripts=False, width=390)
    page.get_by_label("作業時間").fill("0:25")
    page.get_by_label("作業内容").fill("締め切りの電話")
    page.context.clear_cookies(name="kizuna")
    page.get_by_role("button", name="保存").click()
    page.locator("input[type=email]").first.fill("aoi@example.com")
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.locator("input[type=password]").first.press("Enter")
    page.get_by_role("button", name="この内容で送る").click()
    page.goto(site.url + "/desk/effort/rows/")
    assert "締め切りの電話" in page.locator("main").inner_text()
