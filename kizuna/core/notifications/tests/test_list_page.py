"""The list: what a member may still see of it, marked read and taken back."""

from datetime import timedelta

import pytest

from kizuna.core.members.viewer import STAFF
from kizuna.core.notifications import actions, queries
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.tests import board

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(told, notes, chie, ben, now):
    """Tell Chie of notes 1 to 40, one minute apart."""
    for number in range(1, 41):
        notes[number] = board.Note(title=f"Note {number}", body="…")
        told(chie, actor=ben, target_id=number, now=now + timedelta(minutes=number))


def test_it_asks_to_sign_in(client_of):
    response = client_of().get("/notifications/")
    assert response.status_code == 302
    assert "next=%2Fnotifications%2F" in response["Location"]


def test_it_shows_a_sentence_and_the_excerpt(client_of, told, chie, ben, emi):
    told(chie, actor=ben)
    told(chie, actor=emi)
    page = client_of(chie).get("/notifications/").content.decode()
    assert "Emi and Ben wrote on お知らせ板" in page
    assert "中身の文章" in page
    assert "notice--unread" in page


def test_a_member_sees_only_their_own(client_of, told, chie, ben, emi):
    told(chie, actor=ben)
    assert "お知らせ板" not in client_of(emi).get("/notifications/").content.decode()


def test_a_title_cannot_write_markup(client_of, told, notes, chie, ben):
    notes[1].title = "<script>alert(1)</script>"
    told(chie, actor=ben)
    assert "<script>alert" not in client_of(chie).get("/notifications/").content.decode()


def test_what_became_invisible_is_neither_listed_nor_counted_nor_opened(client_of, told, notes, chie, ben, viewer_of):
    told(chie, actor=ben)
    client = client_of(chie)
    row = Notification.objects.get()
    assert queries.unread_count(viewer_of(chie)) == 1
    notes[1].audience = STAFF
    page = client.get("/notifications/").content.decode()
    assert "お知らせ板" not in page
    assert "中身" not in page
    assert queries.unread_count(viewer_of(chie)) == 0
    assert client.get(f"/notifications/{row.pk}/").status_code == 404


def test_pages_follow_each_other_without_loss(client_of, many, chie):
    client = client_of(chie)
    first = client.get("/notifications/")
    page = queries.notice_page(viewer=first.wsgi_request.viewer)
    assert [item.notice.title for item in page.items] == [f"Note {number}" for number in range(40, 10, -1)]
    second = client.get("/notifications/", {"after": page.after}).content.decode()
    assert "Note 10<" in second or "Note 10 " in second or "Note 10" in second
    assert "Note 11" not in second
    rest = queries.notice_page(viewer=first.wsgi_request.viewer, after=page.after)
    assert [item.notice.title for item in rest.items] == [f"Note {number}" for number in range(10, 0, -1)]
    assert rest.after == ""


def test_pages_are_full_although_most_targets_are_gone(many, notes, chie, viewer_of):
    for number in range(11, 41):
        del notes[number]
    page = queries.notice_page(viewer=viewer_of(chie), limit=10)
    assert [item.notice.title for item in page.items] == [f"Note {number}" for number in range(10, 0, -1)]
    assert page.after == ""


@pytest.mark.parametrize("after", ["x", "9999999999999999999999-1", "-", "1-2-3"])
def test_a_strange_key_shows_the_first_page(client_of, told, chie, ben, after):
    told(chie, actor=ben)
    assert "お知らせ板" in client_of(chie).get("/notifications/", {"after": after}).content.decode()


def test_opening_a_line_leads_to_its_target_and_marks_it_read(client_of, told, chie, ben):
    told(chie, actor=ben)
    row = Notification.objects.get()
    response = client_of(chie).get(f"/notifications/{row.pk}/")
    assert response["Location"].startswith("/notes/")
    row.refresh_from_db()
    assert row.read_at is not None


def test_a_line_of_somebody_else_is_not_there(client_of, told, chie, ben, emi):
    told(chie, actor=ben)
    row = Notification.objects.get()
    assert client_of(emi).get(f"/notifications/{row.pk}/").status_code == 404
    client_of(emi).post("/notifications/read/", {"id": row.pk})
    row.refresh_from_db()
    assert row.is_unread


def test_all_are_marked_read_and_taken_back(client_of, many, chie, viewer_of):
    client = client_of(chie)
    page = client.post("/notifications/read/", {"all": "1"}, follow=True).content.decode()
    assert "40件を既読にしました。" in page
    assert queries.unread_count(viewer_of(chie)) == 0
    read_at = Notification.objects.first().read_at.isoformat()
    assert f'value="{read_at}"' in page, "the toast offers the undo"
    client.post("/notifications/unread/", {"read_at": read_at})
    assert queries.unread_count(viewer_of(chie)) == 40


def test_taking_back_leaves_a_newer_unread_line_alone(told, chie, ben, viewer_of):
    told(chie, actor=ben)
    _, read_at = actions.mark_read(viewer=viewer_of(chie))
    told(chie, actor=ben)
    assert actions.mark_unread(viewer=viewer_of(chie), read_at=read_at) == 0
    assert queries.unread_count(viewer_of(chie)) == 1


@pytest.mark.parametrize("given", ["", "yesterday", "2026-13-45T00:00", "2026-11-22T03:00:00"])
def test_a_strange_moment_takes_nothing_back(client_of, told, chie, ben, viewer_of, given):
    told(chie, actor=ben)
    actions.mark_read(viewer=viewer_of(chie))
    assert client_of(chie).post("/notifications/unread/", {"read_at": given}).status_code == 302
    assert queries.unread_count(viewer_of(chie)) == 0


def test_a_post_that_names_nothing_marks_nothing(client_of, told, chie, ben, viewer_of):
    told(chie, actor=ben)
    client_of(chie).post("/notifications/read/")
    client_of(chie).post("/notifications/read/", {"id": "abc"})
    assert queries.unread_count(viewer_of(chie)) == 1


def test_a_group_is_marked_read(client_of, told, chie, ben, viewer_of):
    told(chie, actor=ben)
    told(chie, actor=ben, group_key="other:1")
    client_of(chie).post("/notifications/read/", {"group": "other:1"})
    assert queries.unread_count(viewer_of(chie)) == 1


def test_looking_through_another_s_eyes_marks_nothing(told, chie, ben, viewer_of):
    from dataclasses import replace

    told(chie, actor=ben)
    as_chie = replace(viewer_of(chie), is_view_as=True)
    assert actions.mark_read(viewer=as_chie)[0] == 0
    assert queries.unread_count(viewer_of(chie)) == 1


def test_the_unread_filter_leaves_out_what_was_read(client_of, told, chie, ben, viewer_of):
    told(chie, actor=ben)
    actions.mark_read(viewer=viewer_of(chie))
    page = client_of(chie).get("/notifications/?filter=unread").content.decode()
    assert "すべて読みました" in page
    assert "お知らせ板" not in page


def test_counts_are_sent_for_polling(client_of, told, chie, ben):
    told(chie, actor=ben)
    assert client_of(chie).get("/notifications/counts.json").json() == {"notifications": 1}
    assert client_of().get("/notifications/counts.json").json() == {"notifications": 0}


def test_the_bell_counts(client_of, told, chie, ben):
    told(chie, actor=ben)
    assert '<span class="pip">1</span>' in client_of(chie).get("/notifications/").content.decode()


def test_counting_costs_one_query_for_somebody_with_nothing_unread(chie, viewer_of, django_assert_num_queries):
    viewer = viewer_of(chie)
    with django_assert_num_queries(1):
        assert queries.unread_count(viewer) == 0
