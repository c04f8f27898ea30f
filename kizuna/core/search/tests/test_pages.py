"""The pages: found, not found, near, for whom; every word safe."""

import pytest

from kizuna.core.members.viewer import MEMBERS, STAFF
from kizuna.core.search import recording
from kizuna.core.search.models import Search

pytestmark = pytest.mark.django_db


def test_a_visitor_of_a_closed_community_is_asked_to_sign_in(client_of):
    assert client_of().get("/search/?q=送料").status_code in (302, 403)


def test_it_shows_results_in_groups_with_marks(client_of, chie, write):
    write(1, "送料の設定", "離島の送料はどこで決めますか")
    write(2, "送料を下げてほしい", kind="idea", votes=3)
    write(3, "送料のヘルプ", kind="article", target_type="article", parent_type="article", url="/k/3/")
    page = client_of(chie).get("/search/?q=送料")
    html = page.content.decode()
    assert page.status_code == 200
    assert "<mark>送料</mark>の設定" in html
    assert all(f'id="group-{key}"' in html for key in ("question", "idea", "article"))
    assert 'href="/k/3/"' in html
    assert 'href="/t/1/"' in html


def test_hostile_words_stay_words(client_of, chie, write):
    write(1, "<script>alert(1)</script> 送料", "<img src=x onerror=alert(1)> 送料")
    html = client_of(chie).get("/search/?q=送料 <script>alert(1)</script>").content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=送料&kind=x&order=x&after=zzz",
        "q=送料&kind=member",
        "q=送料&order=newest",
        "q=%00",
        "q=送料&typed=1&solved=1&space=a",
    ],
)
def test_any_query_gives_a_page(client_of, chie, write, query):
    write(1, "送料の設定")
    assert client_of(chie).get(f"/search/?{query}").status_code == 200


def test_nothing_found_leads_to_asking(client_of, chie):
    html = client_of(chie).get("/search/?q=のし 名入れ 一括").content.decode()
    assert "/ask/?q=%E3%81%AE%E3%81%97" in html
    assert "のし 名入れ</a>" in html
    recording.flush()
    assert Search.objects.get().has_answer is False


def test_pages_of_one_kind_follow_each_other(client_of, chie, write):
    for number in range(1, 31):
        write(number, f"送料の話{number}")
    client, seen, url = client_of(chie), set(), "/search/?q=送料&kind=question"
    for _page in range(3):
        html = client.get(url).content.decode()
        seen |= {number for number in range(1, 31) if f'href="/t/{number}/"' in html}
        if 'rel="next"' not in html:
            break
        url = html.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert seen == set(range(1, 31))


def test_people_are_found_by_reading(client_of, chie, aoi):
    from kizuna.core.members.models import Member
    from kizuna.core.members.naming import search_text_of

    Member.objects.filter(pk=aoi.pk).update(
        search_text=search_text_of(name=aoi.name, kana=aoi.kana, handle=aoi.handle, company="")
    )
    assert "/m/aoi/" in client_of(chie).get("/search/?q=きむら").content.decode()


def test_similar_ones_are_a_fragment(client_of, chie, write):
    write(1, "領収書の宛名を変えたい")
    write(2, "領収書の宛名の敬称")
    write(3, "領収書の宛名の秘密", audience_id=STAFF, container_audience_id=MEMBERS)
    asking = client_of(chie).get("/search/similar/?q=領収書の宛名").content.decode()
    assert "/t/1/" in asking
    assert "data-announce" in asking
    beside = client_of(chie).get("/search/similar/?topic=1&q=領収書の宛名を変えたい").content.decode()
    assert "/t/1/" not in beside
    assert "/t/2/" in beside
    assert "/t/3/" not in beside + asking
    assert client_of(chie).get("/search/similar/?topic=x").status_code == 200


def test_did_you_find_it_is_kept(client_of, chie, write):
    write(1, "送料の設定")
    client = client_of(chie)
    client.get("/search/?q=送料")
    answer = client.post("/search/feedback/", {"q": "送料", "solved": "0"})
    assert answer.status_code == 302
    assert list(Search.objects.values_list("text", "is_solved")) == [("送料", False)]


def test_only_managers_see_what_is_searched(client_of, chie, aoi):
    assert client_of(chie).get("/studio/searches/").status_code in (403, 404)
    client_of(chie).get("/search/?q=のし 名入れ")
    html = client_of(aoi).get("/studio/searches/").content.decode()
    assert "のし 名入れ" in html
    assert "chie" not in html


def test_english_readers_get_english(client_of, chie, write):
    write(1, "送料の設定")
    html = client_of(chie).get("/search/?q=送料&lang=en", headers={"accept-language": "en"}).content.decode()
    assert "Did you find it?" in html or "解決しましたか？" in html


@pytest.mark.parametrize(("lang", "shown"), [("ja", "「…」"), ("en", "“…”")])
def test_the_help_quotes_as_the_reader_does(client_of, chie, lang, shown):
    assert f"<code>{shown}</code>" in client_of(chie).get(f"/search/?q=送料&lang={lang}").content.decode()
