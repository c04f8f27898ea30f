"""Changed terms are put before everybody again."""

import re

import pytest

pytestmark = pytest.mark.browser


def test_changed_terms_ask_again_and_lead_back(visit, site):
    page = visit("/studio/terms/terms/draft/", handle="aoi")
    page.locator("textarea[name=body_ja]").fill("互いに助け合い、名前を出すときは先に聞きます。")
    page.locator("textarea[name=changes_ja]").fill("名前を出すときの決まりを足しました。")
    asks = page.locator("input[name=asks_consent]")
    if asks.count() and not asks.is_checked():
        asks.check()
    page.locator("main form button.btn--primary").last.click()
    page.get_by_role("button", name="公開").click()
    try:
        _read_and_agree(visit, site)
    finally:
        site.everybody_agrees()


def _read_and_agree(visit, site) -> None:
    reader = visit(f"/t/{site.topic}/", handle="chie", width=390)
    reader.wait_for_url("**/terms/agreement/**")
    assert "名前を出すときの決まりを足しました" in reader.locator("main").inner_text()
    reader.get_by_role("button", name="同意して続ける").click()
    reader.wait_for_url(re.compile(rf"/t/{site.topic}/"))
    assert "サーバの引越し" in reader.locator("h1").inner_text()
