"""The whole way without JavaScript: sign in, ask, answer, accept, thank, vote, search, choose what to be told."""

import base64

import pytest

from tests.journeys.conftest import PASSWORD

pytestmark = pytest.mark.browser
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGM4YaMBRAwQCgAjXgSxbgN+HAAAAABJRU5ErkJggg=="
)


def signed_in(visit, handle: str):
    page = visit("/signin/", scripts=False, width=390)
    page.locator("input[type=email]").first.fill(f"{handle}@example.com")
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/signin" not in url)
    return page


def test_a_question_is_asked_answered_accepted_and_found(visit, site):
    asker, answerer = signed_in(visit, "chie"), signed_in(visit, "dan")
    asker.goto(site.url + "/s/qa/new/")
    asker.locator("input[name=title]").fill("予約販売の発送日を変えたい")
    asker.locator("textarea[name=body]").fill("天気で遅れます。")
    asker.get_by_role("button", name="質問を投稿").click()
    address = asker.url.partition("#")[0].partition("?")[0]
    answerer.goto(address)
    answerer.locator("textarea[name=body]").last.fill("商品 → 予約販売 で日付を直せます。")
    answerer.get_by_role("button", name="回答を投稿").click()
    asker.goto(address)
    asker.get_by_role("button", name="ありがとう").last.click()
    asker.get_by_role("button", name="これで解決した").first.click()
    assert "予約販売 で日付" in asker.locator(".answer--accepted").inner_text()
    assert "ありがとう 1" in asker.locator(".answer--accepted").inner_text().replace("\n", " ")
    asker.goto(site.url + "/search/?q=予約販売　発送日")
    assert "予約販売の発送日を変えたい" in asker.locator("main").inner_text()


def test_a_picture_comes_along_with_a_reply_and_its_refusal_keeps_the_text(visit, site):
    page = signed_in(visit, "chie")
    page.goto(site.url + f"/t/{site.topic}/")
    page.locator("textarea[name=body]").last.fill("この画面です。")
    chooser = page.locator("input[name=attachments]")
    chooser.set_input_files([{"name": "悪い.exe", "mimeType": "image/png", "buffer": b"MZ\x00\x01"}])
    page.get_by_role("button", name="回答を投稿").click()
    assert "悪い.exe" in page.locator("#id_attachments_error").inner_text()
    assert page.locator("textarea[name=body]").last.input_value() == "この画面です。"
    page.locator("input[name=attachments]").set_input_files(
        [{"name": "画面.png", "mimeType": "image/png", "buffer": PICTURE}]
    )
    page.get_by_role("button", name="回答を投稿").click()
    picture = page.locator(".prose img[alt='画面.webp']").last
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 2
    assert not visit(f"/t/{site.topic}/", handle="chie").locator("[name=attachments]").count()


def test_an_idea_is_written_and_voted_for(visit, site):
    writer, voter = signed_in(visit, "dan"), signed_in(visit, "chie")
    writer.goto(site.url + "/s/ideas/new/")
    writer.locator("input[name=title]").fill("送り状をまとめて印刷したい")
    writer.locator("textarea[name=body]").fill("一枚ずつは大変です。")
    writer.locator("main form button.btn--primary").last.click()
    voter.goto(site.url + "/s/ideas/")
    voter.locator(".idea", has_text="送り状をまとめて印刷したい").locator("button.votebox").click()
    voter.goto(site.url + "/s/ideas/")
    box = voter.locator(".idea", has_text="送り状をまとめて印刷したい").locator(".votebox")
    assert box.get_attribute("aria-pressed") == "true"


def test_what_one_is_told_is_chosen(visit, site):
    page = signed_in(visit, "chie")
    page.goto(site.url + "/notifications/settings/")
    choice = page.locator("fieldset, .fieldset").filter(has_text="あなたへのメンション").get_by_label("受け取らない")
    choice.check()
    page.get_by_role("button", name="選択を保存").click()
    page.goto(site.url + "/notifications/settings/")
    assert (
        page.locator("fieldset, .fieldset")
        .filter(has_text="あなたへのメンション")
        .get_by_label("受け取らない")
        .is_checked()
    )
