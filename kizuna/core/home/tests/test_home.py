"""The home page opens for whom it may, and says nothing to others."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_closed_community_shows_visitors_only_its_door(client_of):
    response = client_of().get("/")
    assert response.status_code == 200
    assert "ログイン" in response.content.decode()
    assert 'href="/search/' not in response.content.decode()


def test_a_member_sees_the_home_page(client_of, chie):
    response = client_of(chie).get("/")
    assert response.status_code == 200
    assert "千恵" in response.content.decode()


def test_an_opened_community_shows_visitors_its_home(client_of, opened):
    assert "<h1" in client_of().get("/").content.decode()
    assert not client_of().get("/").cookies


def test_it_speaks_english_when_asked(client_of, opened):
    page = client_of().get("/?lang=en").content.decode()
    assert '<html lang="en"' in page


def test_brand_is_the_communitys_own(client_of, sakura):
    from kizuna.core.community import actions
    from kizuna.core.community import settings as keys

    actions.change_setting(keys.BRAND_HUE, value=20, member_id=None)
    assert b"--brand-h:20" in client_of().get("/brand.css").content


def test_pages_forbid_inline_script_and_foreign_sources(client_of, chie):
    policy = client_of(chie).get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


STUDIO_PAGES = ["", "brand/", "joining/", "opening/", "opening/preview/", "words/", "synonyms/", "links/"]


@pytest.mark.parametrize("page", STUDIO_PAGES)
def test_studio_pages_open_for_the_owner_only(client_of, aoi, chie, page):
    assert client_of(aoi).get(f"/studio/{page}").status_code == 200
    assert client_of(chie).get(f"/studio/{page}").status_code == 403
    assert client_of().get(f"/studio/{page}").status_code == 302


def test_brand_is_saved_and_errors_stand_at_the_field(client_of, aoi):
    from kizuna.core.community import queries

    client = client_of(aoi)
    fields = {"name_ja": "みせばこ", "name_en": "", "hue": "10", "chroma": "0.1"}
    assert client.post("/studio/brand/", fields).status_code == 302
    assert queries.name("ja") == queries.name("en") == "みせばこ"
    wrong = client.post("/studio/brand/", fields | {"name_ja": "", "tagline_ja": "残る文"})
    assert wrong.status_code == 422
    assert "残る文" in wrong.content.decode()
    assert queries.name("ja") == "みせばこ"


def test_only_the_owner_opens_the_community(client_of, aoi):
    from kizuna.core.community import queries
    from kizuna.core.community import settings as keys
    from tests.cast import make_member

    admin = make_member("admin", "admin")
    client_of(admin).post("/studio/opening/", {"open": "1"})
    assert queries.setting(keys.IS_OPEN) is False
    client_of(aoi).post("/studio/opening/", {"open": "1"})
    assert queries.setting(keys.IS_OPEN) is True


def test_words_and_links_are_kept(client_of, aoi):
    from kizuna.core.community.models import NavigationLink, WordRule

    client = client_of(aoi)
    client.post("/studio/words/", {"word": "ばか", "effect": "refuse"})
    client.post("/studio/words/", {"word": "ﾊﾞｶ", "effect": "hold"})
    assert list(WordRule.objects.values_list("effect", flat=True)) == ["hold"]
    form = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
    form |= {"form-0-label_ja": "状況", "form-0-url": "https://status.example.com/", "form-0-place": "1"}
    assert client.post("/studio/links/", form).status_code == 302
    assert "https://status.example.com/" in client.get("/").content.decode()
    for lang, said in (("ja", "直していただきたいところ"), ("en", "to correct")):
        refused = client.post(f"/studio/links/?lang={lang}", form | {"form-0-url": "javascript:alert(1)"})
        page = refused.content.decode()
        assert refused.status_code == 422
        assert page.index(said) < page.index('href="#id_form-0-url"') < page.index('name="form-0-label_ja"')
    assert NavigationLink.objects.count() == 1


def test_synonyms_are_read_from_lines(client_of, aoi):
    from kizuna.core.community import queries
    from kizuna.core.community import settings as keys

    client = client_of(aoi)
    client.post("/studio/synonyms/", {"groups": "送料、配送料\n定期便, サブスク"})
    assert queries.setting(keys.SYNONYMS) == [["送料", "配送料"], ["定期便", "サブスク"]]
    assert client.post("/studio/synonyms/", {"groups": "送料"}).status_code == 422


def _join_by(way: str) -> None:
    from kizuna.core.community import actions
    from kizuna.core.community import settings as keys

    actions.change_setting(keys.JOINING, value=way, member_id=None)


def test_visitors_are_welcomed_with_a_search_field_and_members_are_not(client_of, opened, chie):
    page = client_of().get("/").content.decode()
    assert "ようこそ" in page
    assert 'id="welcome-search"' in page
    assert "ようこそ" not in client_of(chie).get("/").content.decode()


@pytest.mark.parametrize(("way", "is_offered"), [("open", True), ("approval", True), ("invitation", False)])
def test_visitors_are_asked_to_join_where_they_may(client_of, opened, way, is_offered):
    _join_by(way)
    assert ('href="/signup/"' in client_of().get("/").content.decode()) is is_offered


def test_the_welcome_is_the_managers_own_word(client_of, opened, aoi):
    client = client_of(aoi)
    fields = {"name_ja": "みせばこ", "hue": "10", "chroma": "0.1", "welcome_ja": "まずは聞いてください。"}
    assert client.post("/studio/brand/", fields).status_code == 302
    assert "まずは聞いてください。" in client_of().get("/").content.decode()


def test_studio_tells_what_waits_and_only_to_those_whose_work_it_is(client_of, aoi, ben, now):
    from kizuna.core.members.models import JoinRequest
    from tests.cast import make_member

    JoinRequest.objects.create(member=make_member("nao"), created_at=now)
    owners = client_of(aoi).get("/studio/").content.decode()
    assert "参加の申し込み" in owners
    assert '<span class="work__label">参加の申し込み</span><b class="num">1</b>' in owners
    moderators = client_of(ben).get("/studio/").content.decode()
    assert "参加の申し込み" not in moderators
    assert "確認待ちの投稿" in moderators


def test_the_preview_has_the_chrome_of_a_visitor(client_of, aoi):
    page = client_of(aoi).get("/studio/opening/preview/").content.decode()
    assert "広場へ戻る" not in page
    assert 'href="/studio/words/"' not in page
