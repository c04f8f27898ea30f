"""A person's rights in a browser: the copy, the request with its day, the erasure; and the log of who saw what."""

import io
import zipfile

import pytest

from tests.journeys.looks import fine, fine_in, inside, walk  # noqa: F401

pytestmark = pytest.mark.browser
NARROW_DARK, NARROW_ENGLISH, WIDE_ENGLISH = (390, "dark", "ja"), (390, "light", "en"), (1440, "dark", "en")


def contact_of(account_id: int, name: str):
    """Return an act that adds a person at a customer and returns their number."""

    def act() -> int:
        from django.utils import timezone

        from kizuna.core.members.actions import system_viewer
        from kizuna.success.customers import actions
        from kizuna.success.customers.models import Account

        account = Account.objects.get(pk=account_id)
        fields = {"name": name, "email": "leaving@example.com"}
        return actions.add_contact(viewer=system_viewer(), account=account, fields=fields, now=timezone.now()).pk

    return act


@pytest.mark.parametrize("scripts", [True, False])
def test_a_member_takes_a_copy_of_everything(visit, site, scripts):
    page = visit("/account/records/", handle="chie", scripts=scripts, width=390)
    page.goto(site.url + "/account/copies/")
    page.get_by_role("button", name="コピーを作る").click()
    for _try in range(60):
        if page.get_by_role("link", name="ダウンロード").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="ダウンロード").first.click()
    names = zipfile.ZipFile(io.BytesIO(fetched.value.path().read_bytes())).namelist()
    assert "index.html" in names
    if scripts:
        fine_in(page, NARROW_DARK)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_is_asked_checked_put_off_and_answered(visit, site, scripts):
    text = "<script>alert(1)</script>住所が古いままです。" if scripts else "電話番号が違います。"
    page = visit("/account/requests/", handle="chie", scripts=scripts, width=390)
    page.get_by_label("請求の内容").select_option("correction")
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="請求を送る").click()
    page.get_by_text(text).first.wait_for()
    team = visit("/desk/requests/", handle="aoi", scripts=scripts)
    team.locator("main table").get_by_role("link", name="千恵").last.click()
    if team.locator("textarea[name=note], input[name=note]").count():
        team.locator("[name=note]").fill("本人のページからの請求")
        team.get_by_role("button", name="確認を記録").click()
    team.get_by_text("期限を延長する").first.click()
    team.get_by_role("button", name="期限を延長する").click()
    assert team.locator("[aria-invalid=true]").count() or team.locator(":invalid").count(), "said at the field"
    team.reload()
    if scripts:
        fine_in(team, WIDE_ENGLISH)
    team.locator("textarea[name=text]").fill("直しました。")
    team.get_by_role("button", name="回答して終了").click()
    page.reload()
    assert "直しました。" in page.locator("main").inner_text()
    if scripts:
        fine_in(page, NARROW_ENGLISH)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_is_erased_after_a_check(visit, site, inside, scripts):  # noqa: F811
    name = "立花 消子" if scripts else "立花 去夫"
    contact = inside(contact_of(site.account, name))
    page = visit(f"/desk/contacts/{contact}/privacy/", handle="aoi", scripts=scripts, width=1440 if scripts else 390)
    page.get_by_role("link", name="請求を記録").click()
    page.get_by_label("請求の内容").select_option("erasure")
    page.locator("input[name=received_on]").fill("2026-01-05")
    page.get_by_role("button", name="記録する").click()
    page.locator("[name=note]").fill("電話で折り返し、登録の番号と一致")
    page.get_by_role("button", name="確認を記録").click()
    page.get_by_role("button", name="この方の情報を完全に消去する").click()
    assert page.locator("[name=sure]").get_attribute("aria-invalid") == "true" or page.locator(":invalid").count()
    page.locator("[name=sure]").fill(name)
    page.get_by_role("button", name="この方の情報を完全に消去する").click()
    for _try in range(60):
        if page.get_by_text("完了").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("link", name="消去したもの・残したもの").click()
    if scripts:
        fine_in(page, NARROW_DARK)
    page.goto(site.url + f"/desk/contacts/{contact}/")
    assert name not in page.content()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_log_says_who_opened_which_page_and_is_taken_out(visit, site, scripts):
    visit(f"/desk/customers/{site.account}/timeline/", handle="aoi")
    page = visit("/studio/audit/", handle="aoi", scripts=scripts, width=1440 if scripts else 390)
    assert "顧客のタイムライン" in page.locator("#entries").inner_text()
    page.get_by_label("開いたページ").select_option("timeline")
    page.get_by_label("誰が").fill("木村")
    page.get_by_role("button", name="表示").click()
    assert set(page.locator("#entries td:nth-child(2)").all_inner_texts()) == {"木村 あおい"}
    if scripts:
        fine_in(page, WIDE_ENGLISH)
    page.locator("#entries a.iconbtn").first.click()
    page.get_by_role("link", name="条件をすべて外す").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="書き出し").click()
    assert "顧客のタイムライン" in fetched.value.path().read_text("utf-8-sig")


def heard_from(account_id: int):
    """Return an act that notes an inquiry and an answer of a customer, and returns the numbers of both."""

    def act() -> tuple[int, int]:
        from django.utils import timezone

        from kizuna.core.members.actions import system_viewer
        from kizuna.engagement.surveys import actions as surveys
        from kizuna.success.inbox import actions as inbox

        viewer, now = system_viewer(), timezone.now()
        asked = {"title": "離島の送料は<b>いくら</b>ですか", "body": "離島へ送りたい。", "account_id": account_id}
        inquiry = inbox.open_inquiry(viewer=viewer, fields=asked, now=now)
        survey = surveys.make_survey(viewer=viewer, title="秋のNPS", now=now)
        said = {"score": 9, "comment": "助かっています<script>", "account_id": account_id}
        surveys.note_response(viewer=viewer, survey=survey, fields=said, now=now)
        return inquiry.pk, survey.pk

    return act


def test_every_page_of_what_customers_said_and_may_ask_is_fine(visit, site, inside):  # noqa: F811
    inquiry, survey = inside(heard_from(site.account))
    page = visit(f"/desk/inquiries/{inquiry}/", handle="aoi")
    page.locator("details:has(form[action*='/closure/']) > summary").click()
    page.locator("form[action*='/closure/'] [name=because]").first.check()
    page.get_by_role("button", name="この理由で完了").click()
    page.locator("form[action*='/closure/'] [name=reopen]").wait_for()
    paths = ["/studio/privacy/", "/desk/requests/", "/studio/audit/", f"/desk/members/{site.member}/privacy/",
             "/studio/audit/?who=nobody_here", "/desk/surveys/", "/desk/inquiries/", f"/desk/surveys/{survey}/",
             f"/desk/inquiries/{inquiry}/", "/desk/usage/"]  # fmt: skip
    walk(page, site, paths)
