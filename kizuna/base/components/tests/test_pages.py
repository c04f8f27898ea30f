"""Shells, style guide and error pages: nothing inline but the import map, nothing needed for an error page."""

import base64
import hashlib
import json
import re

import pytest
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kizuna.base.components import views
from kizuna.base.components.assets import SCRIPTS, importmap_json
from kizuna.base.components.chrome import Chrome, Frame, ViewerCard
from kizuna.base.components.csp import importmap_hash

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL)
PAGE = '{% extends "kizuna/square.html" %}{% block title %}題{% endblock %}{% block main %}本文{% endblock %}'


def page(*, chrome: Chrome | None = None, **context) -> str:
    return engines["django"].from_string(PAGE).render({"chrome": chrome, **context})


@pytest.fixture(params=["square", "console", "auth"])
def styleguide(request) -> str:
    asked = RequestFactory().get("/styleguide/", {"lang": "en", "theme": "dark"})
    return views.show_styleguide(asked, shell=request.param).content.decode()


def test_the_style_guide_has_no_style_attribute_and_no_handler(styleguide):
    assert not re.search(r"\sstyle=|\son[a-z]+=", styleguide)


def test_the_import_map_is_the_only_inline_script_and_its_hash_is_known(styleguide):
    [(attributes, text)] = INLINE_SCRIPT.findall(styleguide)
    assert 'type="importmap"' in attributes
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert importmap_hash() == f"sha256-{digest}"


def test_the_style_guide_obeys_language_and_theme(styleguide):
    assert '<html lang="en" data-theme="dark"' in styleguide


def test_ids_are_unique(styleguide):
    ids = re.findall(r'\sid="([^"]+)"', styleguide)
    assert len(ids) == len(set(ids))


def test_the_style_guide_ignores_unknown_languages_and_themes():
    asked = RequestFactory().get("/styleguide/", {"lang": '"><b>', "theme": '"><b>'})
    assert '<html lang="ja">' in views.show_styleguide(asked).content.decode()


def test_the_import_map_names_every_module_and_modules_import_only_those():
    imports = json.loads(importmap_json())["imports"]
    wanted = set()
    for path in SCRIPTS.glob("*.js"):
        wanted |= set(re.findall(r'"(kizuna/[a-z-]+)"', path.read_text(encoding="utf-8")))
    assert wanted <= set(imports)
    assert "kizuna/theme" not in imports


def test_a_page_works_without_a_chrome():
    assert "<title>題 | Kizuna</title>" in page()


def test_a_member_page_carries_the_token_for_every_htmx_request():
    chrome = Chrome(frame=Frame(name="みせばこ"), viewer=ViewerCard(name="Aoi", profile_url="/m/aoi/"))
    drawn = page(chrome=chrome, csrf_token="t0ken")
    assert "hx-headers:inherited" in drawn
    assert "t0ken" in drawn


def test_a_visitor_page_carries_no_token():
    assert "hx-headers" not in page(chrome=Chrome(frame=Frame(name="みせばこ")), csrf_token="t0ken")


def test_a_console_page_is_dense():
    assert 'data-density="console"' in page(chrome=Chrome(frame=Frame(name="みせばこ", is_console=True)))


def test_brand_and_feeds_are_linked():
    frame = Frame(name="みせばこ", brand_url="/brand.css?v=3")
    assert '<link rel="stylesheet" href="/brand.css?v=3">' in page(chrome=Chrome(frame=frame))


def test_waiting_messages_become_toasts():
    request = RequestFactory().get("/")
    request._messages = [Message(25, "投稿を <削除> しました")]
    drawn = page(request=request)
    assert "投稿を &lt;削除&gt; しました" in drawn
    assert "<k-toast" in drawn


@pytest.mark.parametrize(
    "name", ["403.html", "403_csrf.html", "404.html", "405.html", "500.html", "503.html", "503_full.html"]
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_error_pages_need_neither_context_nor_database(name, language):
    with translation.override(language):
        drawn = render_to_string(name)
    assert drawn.count("<h1>") == 1
    assert f'<html lang="{language}">' in drawn
    assert re.search(r"[ぁ-ん]", drawn.split("<h1>")[1]) if language == "ja" else not re.search(r"[ぁ-ん]", drawn)


def test_example_answers_escape_what_they_are_given():
    asked = RequestFactory().post("/styleguide/preview/", {"body": "<script>x"})
    assert b"<script>" not in views.preview_example(asked).content


@pytest.mark.parametrize("typed", ["きむ", "木村", "aoi"])
def test_example_people_are_found_by_reading_name_and_handle(typed):
    answer = views.find_example_people(RequestFactory().get("/styleguide/people/", {"q": typed}))
    assert json.loads(answer.content) == [{"handle": "aoi", "name": "木村 あおい"}]


def test_a_public_page_names_itself_and_a_private_one_hides():
    meta = {"title": "題 <b>", "url": "https://c.example/t/1/", "description": "文"}
    drawn = render_to_string("kizuna/_meta.html", meta)
    assert '<link rel="canonical" href="https://c.example/t/1/">' in drawn
    assert '<meta property="og:title" content="題 &lt;b&gt;">' in drawn
    assert render_to_string("kizuna/_meta.html", {**meta, "is_private": True}).strip() == (
        '<meta name="robots" content="noindex">'
    )
