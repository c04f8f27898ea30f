"""Whole addresses come from the installation, whatever a request says."""

from contextvars import Context

import pytest

from kizuna.base.hosting import Community, directory, entered, links

pytestmark = pytest.mark.django_db


def test_it_takes_the_directory_when_no_base_url_is_set():
    assert links.absolute_url("/t/12/") == "https://sakura.test/t/12/"
    assert links.mail_host() == "sakura.test"


def test_another_community_keeps_its_own_host_under_the_base_url(settings):
    settings.KIZUNA_BASE_URL = "http://minato.test:8123"
    assert links.absolute_url("/") == "http://sakura.test:8123/"


def test_it_takes_the_base_url_of_its_own_host(settings):
    settings.KIZUNA_BASE_URL = "https://sakura.test"
    assert links.absolute_url("/t/12/") == "https://sakura.test/t/12/"


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "t/12", ""])
def test_it_refuses_what_is_not_a_path(path):
    with pytest.raises(ValueError, match="not a path"):
        links.absolute_url(path)


def test_on_this_machine_alone_the_first_community_has_the_plain_address(tmp_path, monkeypatch, settings):
    settings.KIZUNA_BASE_URL = ""
    monkeypatch.setenv("KIZUNA_PORT", "8123")
    monkeypatch.setenv("KIZUNA_HOME", str(tmp_path))
    communities = [directory().add(slug=slug, hosts=[f"{slug}.localhost"]) for slug in ("first", "second")]

    def address(community: Community) -> str:
        with entered(community):
            return links.absolute_url("/")

    first, second = (Context().run(address, community) for community in communities)
    assert (first, second) == ("http://127.0.0.1:8123/", "http://second.localhost:8123/")
