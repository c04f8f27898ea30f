"""What moderators and writers of articles do in the square."""

import re

import pytest

pytestmark = pytest.mark.browser


def test_a_moderator_shows_a_held_post_moves_it_and_closes_it(visit, site):
    assert "感想をいただく企画" not in visit("/s/qa/", handle="chie").content()
    page = visit("/studio/held/", handle="ben")
    page.get_by_role("button", name="公開する").click()
    page.goto(site.url + f"/t/{site.held}/")
    page.get_by_text("運営の操作").click()
    page.get_by_role("link", name="別のスペースへ移す").click()
    page.locator("select[name=space]").select_option("talk")
    page.locator("main").get_by_role("button", name="移す").click()
    page.get_by_text("運営の操作").click()
    page.get_by_role("link", name="締め切る").click()
    page.locator("main").get_by_role("button", name="締め切る").click()
    page.get_by_text("このトピックは締め切られました").wait_for()
    seen = visit(f"/t/{site.held}/", handle="chie", width=390)
    assert "感想をいただく企画" in seen.locator("h1").inner_text()
    assert not seen.locator("textarea[name=body]").count()


def test_a_solved_question_becomes_an_article_in_two_clicks(visit, site):
    page = visit(f"/t/{site.topic}/", handle="aoi", width=390)
    page.get_by_text("運営の操作").click()
    page.get_by_role("link", name="記事にする").click()
    assert "再読み込み" in page.locator("textarea[name=body]").input_value()
    page.get_by_role("button", name="公開する").click()
    page.wait_for_url(re.compile(r"/k/\d+/$"))
    page.goto(site.url + "/search/?q=サーバー 引っ越し&type=article")
    assert "サーバの引越しで写真が消えました" in page.locator("main").inner_text()


def test_a_post_is_written_for_some_opened_to_all_and_taken_back(visit, site):
    page = visit("/studio/audiences/hand/", handle="aoi")
    page.locator("input[name=label_ja]").fill("先行組")
    page.locator("textarea[name=who]").fill("chie")
    page.locator("main").get_by_role("button", name="保存").click()
    page.goto(site.url + "/s/talk/new/")
    page.locator("input[name=title]").fill("先行してお試しください")
    page.locator("textarea[name=body]").fill("新しい画面です。")
    page.locator("select[name=audience]").select_option(label="先行組（1人）")
    page.get_by_role("button", name="投稿する").click()
    page.wait_for_url(re.compile(r"/t/\d+/"))
    address = re.search(r"/t/\d+/", page.url).group()
    assert "このトピックは「先行組」の人だけが読めます。" in page.locator("main").inner_text()
    seen = visit(address, handle="chie", width=390).locator("main").inner_text()
    assert "限られた人だけが読めます" in seen
    assert "先行組" not in seen
    assert visit("/s/talk/", handle="dan").get_by_text("先行してお試しください").count() == 0
    page.get_by_text("運営の操作").click()
    page.get_by_role("link", name="公開範囲を変える").click()
    page.locator("select[name=audience]").select_option("space")
    page.get_by_role("button", name="この内容で変更").click()
    assert visit("/s/talk/", handle="dan").get_by_text("先行してお試しください").count()
    page.get_by_role("button", name="元に戻す").click()
    page.get_by_text("「先行組」の人だけが読めます").wait_for()
    assert visit("/s/talk/", handle="dan").get_by_text("先行してお試しください").count() == 0


def test_the_colours_of_the_brand_are_seen_while_they_are_chosen(visit, site):
    page = visit("/studio/brand/", handle="aoi")
    button = page.locator("[data-brand] .btn--primary")
    colour = "element => getComputedStyle(element).backgroundColor"
    before = button.evaluate(colour)
    page.locator("input[name=hue]").fill("20")
    for _try in range(20):
        if button.evaluate(colour) != before:
            break
        page.wait_for_timeout(100)
    assert button.evaluate(colour) != before
    page.reload()
    assert button.evaluate(colour) == before
