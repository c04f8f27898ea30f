"""The desk in a browser: the command palette by keys alone, with Japanese input, and without scripts; tasks; axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.test_axe import TAGS

pytestmark = pytest.mark.browser


def opened(visit, site, path: str = "/desk/", **look):
    page = visit(path, handle="aoi", **look)
    page.locator("dialog.palette").wait_for(state="attached")
    page.keyboard.press("Control+k")
    page.locator("[role=option]").first.wait_for()
    return page


def chosen(page) -> str:
    return page.locator("[role=option][aria-selected=true]").inner_text()


def test_keys_alone_lead_to_a_customer(visit, site):
    page = opened(visit, site)
    assert page.evaluate("document.activeElement.role") == "combobox"
    page.keyboard.type("あおなみ")
    page.get_by_role("option", name="株式会社青波堂").wait_for()
    assert "青波堂" in chosen(page)
    assert page.evaluate("document.activeElement.getAttribute('aria-activedescendant')") == page.locator(
        "[role=option][aria-selected=true]"
    ).get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/customers/{site.account}/")


def test_arrows_go_round_and_escape_gives_the_focus_back(visit, site):
    page = opened(visit, site)
    first = chosen(page)
    page.keyboard.press("ArrowUp")
    assert chosen(page) != first
    page.keyboard.press("ArrowDown")
    assert chosen(page) == first
    page.keyboard.press("Escape")
    page.locator("dialog.palette").wait_for(state="hidden")
    assert page.evaluate("document.activeElement === document.body")


def test_the_enter_that_ends_a_conversion_opens_nothing(visit, site):
    page = opened(visit, site)
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "たすく", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(400)
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true}))"
    )
    assert page.url.endswith("/desk/")
    session.send("Input.insertText", {"text": "タスク"})
    page.get_by_role("option", name="新しいメモ").first.wait_for(state="detached")  # the answer to the words is there
    assert page.locator("dialog.palette input").input_value() == "タスク"
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/find/?then=task")


def test_on_a_customers_page_a_task_is_two_keys_away(visit, site):
    page = opened(visit, site, f"/desk/customers/{site.account}/")
    page.keyboard.type("タスク")
    page.get_by_role("option", name="新しいメモ").first.wait_for(state="detached")  # the answer to the words is there
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/tasks/new/?account={site.account}")
    page.get_by_label("やること").fill("ふり返り会を設定する")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("タスクを作りました").wait_for()
    assert page.locator("#tasks").get_by_role("link", name="ふり返り会を設定する").is_visible()


def test_it_opens_in_studio_and_in_the_square_of_staff_and_for_nobody_else(visit, site):
    for path in ("/studio/", "/"):
        assert opened(visit, site, path).locator("[role=option]").count()
    page = visit("/", handle="chie")
    page.keyboard.press("Control+k")
    assert not page.locator("dialog.palette").count()


def test_without_scripts_it_is_a_page(visit, site):
    page = visit("/desk/find/?q=青波", handle="aoi", scripts=False, width=390)
    page.get_by_role("link", name="株式会社青波堂").click()
    assert page.url.endswith(f"/desk/customers/{site.account}/")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_open_palette_has_no_finding(visit, site, width, scheme):
    page = opened(visit, site, width=width, scheme=scheme)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert not [(item["id"], [node["target"] for node in item["nodes"]][:4]) for item in found]
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
