"""The scripts in Chromium, under the content security policy: Japanese input, drafts, reactions, swaps, keys, axe."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[4]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def site():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kizuna.base.components.tests.browser_site", str(port)]
    server = subprocess.Popen(command, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/gate/")
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium, site):
    context = chromium.new_context(base_url=site, locale="ja-JP")
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
    yield page
    context.close()


def opened(tab, address="/page/"):
    tab.goto(address)
    until(tab, "!document.querySelector('[role=toolbar]')?.hidden")
    return tab


def until(tab, expression):
    """Wait for something in the page; Playwright's own waiting for functions is forbidden by the policy."""
    for _ in range(100):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def count_submits(tab):
    tab.evaluate(
        "window.sent = 0; document.querySelector('#reply').addEventListener('submit',"
        " (event) => { window.sent += 1; event.preventDefault(); })"
    )


def compose(tab, text):
    """Begin a conversion and return the session that can end it."""
    session = tab.context.new_cdp_session(tab)
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return session


def test_pages_load_without_a_fault_under_the_policy(tab):
    for address in ("/page/", "/styleguide/", "/styleguide/console/", "/styleguide/auth/"):
        tab.goto(address)
        tab.wait_for_timeout(300)
    assert tab.faults == []


def test_keys_of_a_conversion_never_send(tab):
    opened(tab).click("#text")
    count_submits(tab)
    session = compose(tab, "にほん")
    for extra in ("isComposing: true", "keyCode: 229"):
        tab.evaluate(
            "document.querySelector('#text').dispatchEvent(new KeyboardEvent('keydown',"
            f" {{key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true, {extra}}}))"
        )
    session.send("Input.insertText", {"text": "日本"})
    assert tab.evaluate("window.sent") == 0
    assert tab.input_value("#text") == "日本"


def test_enter_makes_a_line_and_control_enter_sends(tab):
    opened(tab).click("#text")
    count_submits(tab)
    tab.keyboard.type("a")
    tab.keyboard.press("Enter")
    assert tab.evaluate("window.sent") == 0
    assert tab.input_value("#text") == "a\n"
    tab.keyboard.press("Control+Enter")
    assert tab.evaluate("window.sent") == 1


def test_the_toolbar_marks_and_can_be_undone(tab):
    opened(tab).fill("#text", "one\ntwo")
    tab.press("#text", "Control+a")
    tab.click("[data-mark=list]")
    assert tab.input_value("#text") == "- one\n- two"
    tab.press("#text", "Control+z")
    assert tab.input_value("#text") == "one\ntwo"


def test_people_are_offered_by_reading_while_converting(tab):
    opened(tab, "/styleguide/").click("#example-body")
    tab.keyboard.type("@")
    session = compose(tab, "きむ")
    tab.wait_for_selector(".mentions li")
    assert tab.inner_text(".mentions li").startswith("木村 あおい")
    session.send("Input.insertText", {"text": "きむ"})
    tab.keyboard.press("Enter")
    assert tab.input_value("#example-body") == "@aoi "


def test_the_preview_comes_from_the_server_and_is_safe(tab):
    opened(tab, "/styleguide/").fill("#example-body", "一行\n\n<script>alert(1)</script>")
    tab.click("[data-view=preview]")
    tab.wait_for_selector(".editor__preview p")
    assert tab.locator(".editor__preview script").count() == 0
    assert tab.locator(".editor__preview p").count() == 2


def test_a_draft_is_restored_and_can_be_discarded(tab):
    opened(tab).fill("#text", "書きかけ")
    until(tab, "localStorage.getItem('draft:topic:1') === '書きかけ'")
    opened(tab)
    assert tab.input_value("#text") == "書きかけ"
    tab.click(".editor__note button")
    assert tab.input_value("#text") == ""
    assert tab.evaluate("localStorage.getItem('draft:topic:1')") is None


def test_a_sent_text_is_forgotten(tab):
    opened(tab).fill("#text", "送った文")
    tab.click("[data-submit]")
    tab.wait_for_url("**/page/")
    until(tab, "!document.querySelector('[role=toolbar]').hidden")
    assert tab.input_value("#text") == ""


def test_a_text_survives_an_expired_sign_in(tab, site):
    opened(tab).fill("#text", "残る文")
    tab.context.add_cookies([{"name": "expired", "value": "1", "url": site}])
    tab.click("[data-submit]")
    tab.wait_for_url("**/gate/")
    tab.wait_for_timeout(300)
    opened(tab)
    assert tab.input_value("#text") == "残る文"


def test_a_failed_upload_leaves_another_try(tab):
    opened(tab, "/styleguide/")
    tab.route("**/upload/", lambda route: route.fulfill(status=500))
    tab.evaluate(
        "() => { const given = new DataTransfer(); given.items.add(new File(['x'], '店.png', {type: 'image/png'}));"
        " const area = document.querySelector('#example-body'); area.focus();"
        " area.dispatchEvent(new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true})); }"
    )
    tab.wait_for_selector(".editor__note button")
    assert tab.input_value("#example-body") == ""
    tab.unroute("**/upload/")
    tab.route("**/upload/", lambda route: route.fulfill(json={"markdown": "![店.png](</f/k/1.png>)"}))
    tab.click(".editor__note button")
    until(tab, "document.querySelector('#example-body').value === '![店.png](</f/k/1.png>)\\n'")


def drop(tab, name: str, kind: str) -> None:
    tab.evaluate(
        "([name, type]) => { const given = new DataTransfer(); given.items.add(new File(['x'], name, {type}));"
        " document.querySelector('#example-body').dispatchEvent("
        "new DragEvent('drop', {dataTransfer: given, bubbles: true, cancelable: true})); }",
        [name, kind],
    )


def test_a_document_becomes_a_link_and_a_refusal_says_why(tab):
    opened(tab, "/styleguide/")
    tab.route("**/upload/", lambda route: route.fulfill(status=201, json={"markdown": "[表 1.pdf](</f/k/表 1.pdf>)"}))
    drop(tab, "表 1.pdf", "application/pdf")
    until(tab, "document.querySelector('#example-body').value === '[表 1.pdf](</f/k/表 1.pdf>)\\n'")
    tab.fill("#example-body", "")
    tab.route("**/upload/", lambda route: route.fulfill(status=422, json={"error": "添付できません。"}))
    drop(tab, "a.exe", "application/octet-stream")
    until(tab, "document.querySelector('.editor__note').textContent.includes('添付できません。')")
    assert tab.locator(".editor__note button").count() == 0
    assert tab.input_value("#example-body") == ""


def test_a_reaction_toggles_at_once_and_rolls_back(tab):
    opened(tab, "/styleguide/")
    button = tab.locator("k-reactions .react").nth(1)
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    until(tab, "!document.querySelector('k-reactions [aria-busy=true]')")
    tab.route("**/reaction/", lambda route: route.fulfill(status=500))
    button.click()
    tab.wait_for_selector("#toasts k-toast")
    assert button.get_attribute("aria-pressed") == "true"
    assert "通信を確認" in tab.inner_text("#announcer")


def test_a_swap_keeps_a_conversion_sends_the_token_and_is_announced(tab):
    opened(tab).fill("#field", "abc")
    tab.click("#field")
    tab.keyboard.press("End")
    session = compose(tab, "にほん")
    with tab.expect_request("**/page/") as asked:
        tab.evaluate("document.body.dispatchEvent(new Event('later'))")
    assert asked.value.headers["x-csrftoken"]
    until(tab, "document.querySelector('#said').textContent === '替わりました'")
    session.send("Input.insertText", {"text": "日本語"})
    assert tab.input_value("#field") == "abc日本語"
    assert tab.evaluate("document.activeElement.id") == "field"
    assert tab.inner_text("#announcer") == "替わりました"


def test_a_server_fault_is_announced_and_not_swapped_in(tab):
    opened(tab).fill("#field", "残る")
    tab.click("#broken")
    tab.wait_for_selector("#toasts k-toast")
    assert tab.input_value("#field") == "残る"


def test_a_message_waits_while_it_has_the_focus(tab):
    tab.clock.install()
    opened(tab).click("#broken")
    tab.wait_for_selector("#toasts k-toast")
    tab.focus("#toasts k-toast button")
    tab.clock.run_for(20000)
    assert tab.locator("#toasts k-toast").count() == 1
    tab.evaluate("document.activeElement.blur()")
    tab.clock.run_for(9000)
    assert tab.locator("#toasts k-toast").count() == 0


def test_the_theme_is_kept(tab):
    opened(tab, "/gate/")
    tab.wait_for_selector("k-theme button:not([hidden])")
    tab.click("k-theme button")
    tab.reload()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_member_s_theme_is_told_to_the_account(tab):
    opened(tab)
    tab.wait_for_selector("k-theme button:not([hidden])")
    with tab.expect_request("**/theme/") as told:
        tab.click("k-theme button")
    assert 'name="theme"\r\n\r\ndark' in told.value.post_data
    assert told.value.headers["x-csrftoken"]


def test_counters_are_fresh_after_a_minute(tab):
    tab.clock.install()
    opened(tab)
    bell = tab.locator(".topbar [data-count=notifications]")
    assert bell.get_attribute("aria-label") == "お知らせ 未読4件"
    tab.wait_for_timeout(300)
    with tab.expect_response("**/counts.json"):
        tab.clock.run_for(61000)
    until(tab, "document.querySelector('.topbar [data-count=notifications] .pip').textContent === '5'")
    assert bell.get_attribute("aria-label") == "お知らせ 未読5件"
    assert tab.locator(".topbar [data-count=messages] .pip").count() == 0


def test_single_keys_move_and_can_be_switched_off(tab):
    opened(tab, "/styleguide/")
    tab.wait_for_timeout(300)
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.name") == "q"
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("j")
    assert tab.evaluate("document.activeElement.textContent") == "定期便のお届け日"
    tab.keyboard.press("?")
    tab.uncheck("#shortcuts input")
    tab.click("#shortcuts button")
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.name") != "q"


def test_similar_questions_come_while_the_title_is_typed(tab):
    opened(tab, "/styleguide/").fill("#example-title", "定期便")
    tab.wait_for_selector("k-suggest .link")
    assert tab.inner_text("#announcer") == "似ている質問が2件あります"


def test_without_scripts_the_menu_opens_and_the_form_posts(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto("/page/")
    page.click(".tabbar button")
    assert page.is_visible("#sidenav")
    page.keyboard.press("Escape")
    assert not page.is_visible("#sidenav")
    page.fill("#text", "文")
    page.click("button[data-submit]")
    page.wait_for_url("**/page/")
    context.close()


@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/console/", "/styleguide/auth/", "/gate/"])
@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "en"), (390, "dark", "ja")])
def test_axe_finds_nothing(chromium, site, address, width, theme, language):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = chromium.new_context(base_url=site, bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{address}?theme={theme}&lang={language}")
    page.wait_for_timeout(300)
    found = axe.Axe().run(page, options=AXE).response["violations"]
    context.close()
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/console/", "/styleguide/auth/"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_runs_over_at_320_px(chromium, site, address, language):
    context = chromium.new_context(base_url=site, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{address}?lang={language}")
    page.wait_for_timeout(200)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320
