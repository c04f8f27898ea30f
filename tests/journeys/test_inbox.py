"""The inbox in a browser: a member asks by the form on a phone, the team answers and takes the answer back."""

import pytest

pytestmark = pytest.mark.browser
TITLE = "のし紙の名入れを変えたい"
ANSWER = "発送の前日まで変えられます。"


def asked(visit, site, *, scripts: bool) -> None:
    page = visit("/contact/", handle="dan", width=390, scripts=scripts)
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=body]").fill("ご注文のあとでも変えられますか。")
    page.locator("main form[method=post] .btn--primary").last.click()
    page.wait_for_load_state()
    if page.locator("[name=solved]").count():  # something similar was found first
        page.locator("section .btn--primary").first.click()
    page.wait_for_url("**/me/inquiries/**")
    assert TITLE in page.locator("h1").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_by_the_form_is_answered_and_the_answer_taken_back(visit, site, scripts):
    asked(visit, site, scripts=scripts)
    desk = visit("/desk/inquiries/", handle="aoi", scripts=scripts)
    desk.locator("a.q", has_text=TITLE).first.click()
    desk.locator("form[action$='/owner/'] [name=mine]").first.click()
    assert desk.locator("form[action$='/owner/'] [name=mine]").count() == 0
    reply = desk.locator("#reply form[action*='/reply/']")
    reply.locator("[name=body]").fill(ANSWER)
    reply.locator("button.btn--primary").last.click()
    sent = desk.locator("article", has_text=ANSWER)
    sent.locator("form[action*='/reply/'] button").click()
    assert desk.locator("article", has_text=ANSWER).count() == 0
    assert ANSWER in desk.locator("#reply form[action*='/reply/'] [name=body]").input_value()


def test_a_template_is_added_behind_what_is_being_written(visit, site):
    form = visit("/desk/reply-templates/new/", handle="aoi")
    form.locator("[name=name]").fill("休業日の案内")
    form.locator("main [name=body]").fill("営業カレンダーで決められます。")
    form.locator("main form .btn--primary").last.click()
    form.wait_for_url("**/desk/reply-templates/")
    asked(visit, site, scripts=True)
    desk = visit("/desk/inquiries/", handle="aoi")
    desk.locator("a.q", has_text=TITLE).first.click()
    desk.wait_for_url("**/desk/inquiries/*/**")
    body = desk.locator("#reply form[action*='/reply/'] [name=body]")
    for look in range(100):  # until this browser holds a draft, the server none
        if look % 20 == 0:  # again, after a pause: what is typed before the scripts are there is not kept by them
            body.fill("書きかけの言葉")
        if desk.evaluate("localStorage.length"):
            break
        desk.wait_for_timeout(100)
    assert desk.evaluate("localStorage.length")
    body.press_sequentially("、続き")
    with desk.expect_navigation():
        desk.locator("#reply [data-adds]", has_text="休業日の案内").locator("button").click()
    written = "書きかけの言葉、続き\n\n営業カレンダーで決められます。"
    assert body.input_value() == written
    desk.reload()
    assert body.input_value() == written
    desk.locator("h1").first.click()
    desk.keyboard.press("t")
    desk.wait_for_url("**/desk/inquiries/*/templates/")


def pressed(page, key: str, what: str) -> str:
    """Press a key until something has the focus (the page listens a moment after it is there); return `what` of it."""
    for _try in range(40):
        page.keyboard.press(key)
        if found := page.evaluate(f"document.activeElement.getAttribute('{what}')"):
            return found
        page.wait_for_timeout(100)
    return ""


def test_the_queue_is_worked_through_by_keys(visit, site):
    asked(visit, site, scripts=True)
    desk = visit("/desk/inquiries/?view=open", handle="aoi")
    rows = desk.locator("a.q")
    first = pressed(desk, "j", "href")
    assert first == rows.first.get_attribute("href")
    if rows.count() > 1:
        assert pressed(desk, "j", "href") == rows.nth(1).get_attribute("href")
        assert pressed(desk, "k", "href") == first
    own = rows.filter(has_text=TITLE).first
    own.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/inquiries/*/**")
    for key, name in (("r", "body"), ("n", "body"), ("a", "owner")):
        desk.evaluate("document.activeElement.blur()")
        assert pressed(desk, key, "name") == name, key
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("u")
    desk.wait_for_url("**/desk/inquiries/?view=open")
