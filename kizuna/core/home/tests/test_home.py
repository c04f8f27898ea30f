"""The home page opens for whom it may, and says nothing to others."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_closed_community_shows_visitors_only_its_door(client_of):
    response = client_of().get("/")
    assert response.status_code == 200
    assert "サインイン" in response.content.decode()
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
