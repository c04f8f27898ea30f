"""One member brings another: the link, joining by it, 紹介元, the report; and words that a member lends and takes back."""

from urllib.parse import urlsplit

import pytest

from tests.journeys.looks import fine_in, inside, walk  # noqa: F401
from tests.journeys.test_joining import mailed_path

pytestmark = pytest.mark.browser
CODE = r"\b\d{6}\b"
NARROW_DARK, NARROW_ENGLISH, WIDE_ENGLISH = (390, "dark", "ja"), (390, "light", "en"), (1440, "dark", "en")


def joining(how: str):
    """Return an act that sets how people join."""

    def act() -> None:
        from kizuna.core.community import actions
        from kizuna.core.community import settings as keys

        actions.change_setting(keys.JOINING, value=how, member_id=None)

    return act


def own_link(visit, scripts: bool) -> str:
    page = visit("/referrals/", handle="chie", scripts=scripts, width=390)
    if page.get_by_role("button", name="紹介リンクを作る").count():
        page.get_by_role("button", name="紹介リンクを作る").click()
    return urlsplit(page.locator("#referral-address").input_value()).path


def joined_by(visit, link: str, *, name: str, address: str, scripts: bool):
    page = visit(link, scripts=scripts, width=390)
    page.locator("input[name=email]").fill(address)
    page.locator("main form button.btn--primary").first.click()
    page.locator("input[name=code]").fill(mailed_path(visit, address=address, pattern=CODE))
    page.locator("main form button.btn--primary").first.click()
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="参加する").click()
    page.wait_for_url("**/signup/done/**")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_brings_somebody_who_is_seen_on_the_report(visit, site, inside, scripts):  # noqa: F811
    link = own_link(visit, scripts)
    name = "結衣" if scripts else "悠真"
    inside(joining("open"))
    try:
        page = joined_by(visit, link, name=name, address=f"guest{scripts}@example.com", scripts=scripts)
    finally:
        inside(joining("invitation"))
    for _try in range(40):  # the worker notes by whom they came
        page.goto(site.url + "/referrals/")
        if "千恵" in page.locator("main").inner_text():
            break
        page.wait_for_timeout(500)
    assert "千恵" in page.locator("main").inner_text()
    page.get_by_role("button", name="名前を知らせる").click()
    seen = visit("/referrals/", handle="chie", scripts=scripts)
    assert name in seen.locator("main").inner_text()
    report = visit("/desk/referrals/", handle="aoi", scripts=scripts)
    assert name in report.locator("main table").inner_text()
    if scripts:
        fine_in(seen, NARROW_DARK)
        fine_in(report, NARROW_ENGLISH)


def test_a_referrer_is_set_with_a_reason_and_kept(visit, site):
    page = visit(f"/desk/customers/{site.account}/origin/", handle="aoi", width=390)
    page.get_by_label("紹介元のハンドル").fill("nobody_here")
    page.get_by_label("理由").fill("展示会で伺いました")
    page.get_by_role("button", name="保存").click()
    assert page.get_by_label("紹介元のハンドル").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("理由").input_value() == "展示会で伺いました"
    page.get_by_label("紹介元のハンドル").fill("@chie")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("展示会で伺いました").wait_for()
    walk(page, site, [f"/desk/customers/{site.account}/origin/", "/desk/referrals/", "/studio/referrals/",
                      "/studio/referrals/members/dan/", "/desk/referrals/?from=2020-01-01&to=2020-01-02"])  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False])
def test_words_are_lent_shown_and_taken_back(visit, site, scripts):
    words = "発送の質問が<b>半分</b>になりました。" if scripts else "同じ悩みの仲間に会えました。"
    studio = visit("/studio/testimonials/", handle="aoi", scripts=scripts)
    studio.get_by_label("ハンドル").fill("@dan")
    studio.get_by_role("button", name="お願いする").click()
    page = visit("/testimonials/", handle="dan", scripts=scripts, width=390)
    page.get_by_label("あなたの声", exact=False).first.fill(words)
    page.locator("input[name=places][value=in_community]").check()
    page.get_by_role("button", name="この声を寄せる").click()
    assert page.locator("main").get_by_text("同意").first.is_visible()
    assert page.locator("textarea[name=text]").input_value() == words, "what was typed stays"
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="この声を寄せる").click()
    studio.reload()
    entry = studio.locator("main .stack--2", has_text=words).last
    entry.get_by_role("button", name="掲載する").click()
    assert words in visit("/").locator("body").inner_text()
    if scripts:
        fine_in(studio, NARROW_ENGLISH)
        fine_in(page, WIDE_ENGLISH)
    page.goto(site.url + "/testimonials/")
    page.get_by_role("button", name="取り下げる").first.click()
    assert words not in visit("/").locator("body").inner_text()
