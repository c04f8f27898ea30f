"""A table on the Desk: chosen, matched, looked through, imported, mended, taken back."""

import pytest

from tests.journeys.looks import fine, fine_in

pytestmark = pytest.mark.browser
TABLE = (
    "顧客コード,会社名,業種,先方担当者,メールアドレス,利用開始日,備考\n"
    "J-1,株式会社山手商店,小売,中村 結衣,yui@yamate.example.com,令和6年4月1日,\n"
    'J-2,"<b>とても長い名前の会社</b>株式会社ほしのなかまたちとその家族の会・北関東支部第二営業所",製造,,,2024/5/1,=1+1\n'
    "J-3,,酒販,,,2024/6/1,𠮷野\n"
    "J-4,合同会社丘の上,小売,,not-an-address,2024年13月1日,\n"
)
NARROW_DARK, NARROW_ENGLISH, WIDE_ENGLISH = (390, "dark", "ja"), (390, "light", "en"), (1440, "dark", "en")


def until(page, text: str) -> None:
    """Wait for the worker. The page asks again by itself each three seconds; here it is asked sooner."""
    for _try in range(100):
        if page.locator("main").get_by_text(text).count():
            return
        assert page.locator("meta[http-equiv=refresh]").count(), page.url
        page.wait_for_timeout(300)
        page.reload()
    raise TimeoutError(text)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_table_goes_in_is_mended_and_comes_back_out(visit, site, scripts):
    page = visit("/desk/imports/", handle="aoi", scripts=scripts, width=1440 if scripts else 390)
    page.get_by_role("button", name="ファイルを読む").click()
    assert page.locator("#id_file_error").is_visible(), "what is missing is said at the field"
    if scripts:
        fine(page)
    page.get_by_label("表の内容").select_option("customers")
    page.locator("input[type=file]").set_input_files(
        {"name": "顧客一覧.csv", "mimeType": "text/csv", "buffer": TABLE.encode("cp932", errors="replace")}
    )
    page.get_by_role("button", name="ファイルを読む").click()
    until(page, "ファイルの列")
    assert page.get_by_label("会社名").input_value() == "name"
    if scripts:
        fine_in(page, NARROW_DARK)
    page.get_by_role("button", name="変わるところを見る").click()
    until(page, "まだ何も変えていません")
    assert page.locator("#rows").get_by_text("J-3").first.is_visible()
    if scripts:
        fine_in(page, NARROW_ENGLISH)
    page.get_by_role("button", name="取り込む", exact=True).click()
    until(page, "過去の記録として")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="CSV・UTF-8").click()
    mended = fetched.value.path().read_text("utf-8-sig")
    assert "J-3" in mended
    assert "J-1" not in mended
    if scripts:
        fine_in(page, NARROW_DARK)
    page.goto(site.url + "/desk/find/?q=山手商店")
    assert page.get_by_role("link", name="株式会社山手商店").count()
    page.go_back()
    page.get_by_text("この取り込みを元に戻す").first.click()
    page.get_by_role("button", name="この取り込みを元に戻す").click()
    until(page, "件を元に戻し")
    page.goto(site.url + "/desk/imports/")
    assert page.get_by_role("link", name="顧客一覧.csv").first.is_visible()
    assert "元に戻しました" in page.locator("main table").inner_text()
    if scripts:
        fine_in(page, WIDE_ENGLISH)
