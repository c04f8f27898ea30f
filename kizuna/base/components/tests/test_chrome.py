"""The chrome is drawn once per frame and filled per request."""

import sys
from dataclasses import replace

import pytest

from kizuna.base.components.chrome import (
    Chrome,
    Frame,
    Link,
    LinkGroup,
    ViewerCard,
    render_sidenav,
    render_tabbar,
    render_topbar,
)

BELL = Link(label="お知らせ", url="/notifications/", icon="bell", key="notifications")
HOME = Link(label="ホーム", url="/", icon="house", key="home")
QUESTIONS = Link(label="Q&A", url="/s/qa/", icon="message-circle", key="qa", quiet=True)


@pytest.fixture
def frame() -> Frame:
    return Frame(
        name="みせばこ",
        tagline="オーナーズ広場",
        navigation=(LinkGroup(links=(HOME, QUESTIONS)),),
        tabs=(HOME, Link(label="書く", url="/new/", use="create"), BELL, Link(label="メニュー", use="menu")),
        tools=(BELL,),
        languages=(Link(label="English", url="/language/en/", key="en"),),
        sign_in_url="/sign-in/",
    )


@pytest.fixture
def member() -> ViewerCard:
    return ViewerCard(name="木村 <あおい>", profile_url="/m/aoi/", hue=150)


def test_a_member_sees_their_own_menu_and_unread_number(frame, member):
    drawn = render_topbar(Chrome(frame=frame, viewer=member, counts={"notifications": 4}))
    assert 'aria-label="お知らせ 未読4件"' in drawn
    assert '<span class="pip">4</span>' in drawn
    assert "木村 &lt;あおい&gt;" in drawn
    assert "/sign-in/" not in drawn


def test_without_unread_the_label_is_plain(frame, member):
    drawn = render_topbar(Chrome(frame=frame, viewer=member))
    assert 'aria-label="お知らせ"' in drawn
    assert 'class="pip"' not in drawn


def test_a_visitor_sees_sign_in_and_languages_and_no_member_tools(frame):
    drawn = render_topbar(Chrome(frame=frame))
    assert 'href="/sign-in/"' in drawn
    assert 'hreflang="en"' in drawn
    assert "/notifications/" not in drawn


def test_doors_are_absent_for_those_who_may_not_open_them(frame, member):
    assert "/studio/" not in render_topbar(Chrome(frame=frame, viewer=member))
    manager = replace(member, can_studio=True)
    drawn = render_topbar(Chrome(frame=frame, viewer=manager))
    assert 'href="/studio/"' in drawn
    assert "/desk/" not in drawn


def test_the_current_page_is_marked_once_in_each_navigation(frame, member):
    chrome = Chrome(frame=frame, viewer=member, current="home")
    assert render_sidenav(chrome).count('aria-current="page"') == 1
    assert render_tabbar(chrome).count('aria-current="page"') == 1


def test_quiet_counters_are_grey_and_others_are_vermilion(frame):
    drawn = render_sidenav(Chrome(frame=frame, counts={"qa": 12, "home": 3}))
    assert '<span class="count">12</span>' in drawn
    assert '<span class="count count--new">3</span>' in drawn


def test_two_people_share_a_frame_and_not_each_other(frame, member):
    other = ViewerCard(name="Ben", profile_url="/m/ben/")
    assert "木村" in render_topbar(Chrome(frame=frame, viewer=member))
    drawn = render_topbar(Chrome(frame=frame, viewer=other))
    assert "/m/ben/" in drawn
    assert "木村" not in drawn


def test_no_slot_is_left_open(frame, member):
    chrome = Chrome(frame=frame, viewer=member)
    drawn = render_topbar(chrome) + render_sidenav(chrome) + render_tabbar(chrome) + render_topbar(Chrome(frame=frame))
    assert "<!--k:" not in drawn


def test_the_frame_is_drawn_in_its_own_language(frame):
    assert "Sign in" in render_topbar(Chrome(frame=replace(frame, language="en")))
    assert "ログイン" in render_topbar(Chrome(frame=frame))


def test_labels_of_a_manager_are_escaped(frame):
    hostile = Link(label="--><script>", url='"><script>', icon="bell", key="x")
    drawn = render_sidenav(Chrome(frame=replace(frame, navigation=(LinkGroup(links=(hostile,)),))))
    assert "<script>" not in drawn


def test_hostile_tool_labels_are_escaped(frame, member):
    hostile = Link(label='--><script>|"', url="/x/", icon="bell", key="x")
    drawn = render_topbar(Chrome(frame=replace(frame, tools=(hostile,)), viewer=member, counts={"x": 2}))
    assert "<script>" not in drawn


def test_filling_draws_no_template(frame, member):
    chrome = Chrome(frame=frame, viewer=member, current="home", counts={"notifications": 4})

    def draw():
        return render_topbar(chrome), render_sidenav(chrome), render_tabbar(chrome)

    draw()
    called = []
    sys.setprofile(lambda _frame, event, _argument: called.append(event) if event == "call" else None)
    try:
        draw()
    finally:
        sys.setprofile(None)
    # A template of three words calls some hundred functions; filling calls a few for each link and counter.
    assert len(called) < 250
