"""Japanese goes through a conversion before it is text: no key of it sends, and no answer of the server takes it away."""

import pytest

pytestmark = pytest.mark.browser


def compose(page, text: str):
    """Begin a conversion in the field that has the focus; return the session that can end it."""
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return session


def press_enter(session, *, code: int) -> None:
    for kind in ("rawKeyDown", "keyUp"):
        session.send(
            "Input.dispatchKeyEvent",
            {
                "type": kind,
                "key": "Process" if code == 229 else "Enter",
                "code": "Enter",
                "windowsVirtualKeyCode": code,
            },
        )


@pytest.mark.parametrize("field", ["input[name=title]", "textarea[name=body]"])
def test_enter_in_a_conversion_never_sends_a_question(visit, field):
    page = visit("/s/qa/new/", handle="chie")
    address = page.url
    page.locator("input[name=title]").fill("のし")
    page.locator("textarea[name=body]").fill("名入れ")
    page.locator(field).focus()
    session = compose(page, "にほん")
    press_enter(session, code=229)
    session.send("Input.insertText", {"text": "日本"})
    page.wait_for_timeout(300)
    assert page.url == address
    assert page.locator(field).input_value().endswith("日本")


@pytest.mark.parametrize("field", ["input[name=title]", "textarea[name=body]"])
def test_enter_alone_never_sends_a_question(visit, field):
    page = visit("/s/qa/new/", handle="chie")
    address = page.url
    page.locator("input[name=title]").fill("のし")
    page.locator("textarea[name=body]").fill("名入れ")
    page.locator(field).press("Enter")
    page.wait_for_timeout(500)
    assert page.url == address


def test_a_reply_in_a_conversion_survives_what_comes_meanwhile(visit, site):
    page = visit(f"/t/{site.topic}/", handle="chie")
    reply = page.locator("textarea[name=body]").last
    reply.fill("うちでは")
    reply.focus()
    session = compose(page, "にほん")
    page.evaluate(
        "htmx.ajax('POST', document.querySelector('#read-mark').action, {source: '#read-mark', swap: 'none'})"
    )
    page.wait_for_timeout(500)
    session.send("Input.insertText", {"text": "日本"})
    assert reply.input_value() == "うちでは日本"


@pytest.mark.parametrize("words", ["返信", "引用して返信"])
def test_whoever_answers_a_post_writes_on_at_once(visit, site, words):
    page = visit(f"/t/{site.topic}/", handle="chie")
    if words == "引用して返信":
        page.get_by_label("その他の操作").last.click()
    page.get_by_text(words, exact=True).locator("visible=true").last.click()
    page.wait_for_url("**reply=*")
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    page.keyboard.insert_text("直りました。")
    written = page.locator("textarea[name=body]").last.input_value()
    assert written.endswith("直りました。")
    assert written.startswith(">") == (words == "引用して返信")


def test_why_a_file_was_refused_stays_while_the_draft_is_kept(visit, site):
    page = visit(f"/t/{site.topic}/", handle="chie")
    field = page.locator("#reply textarea[name=body]")
    page.locator("#reply [role=toolbar]").wait_for()  # it stands there once the editor is at work
    page.locator("#reply input[type=file]").set_input_files(
        {"name": "tool.exe", "mimeType": "application/octet-stream", "buffer": b"MZ" + bytes(400)}
    )
    note = page.locator("#reply .editor__note")
    note.filter(has_text="tool.exe").wait_for()
    field.fill("画面を添えます。")
    with page.expect_response("**/drafts/"):
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {get: () => true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    page.wait_for_timeout(200)
    assert "tool.exe" in note.inner_text()
    assert field.input_value() == "画面を添えます。"
