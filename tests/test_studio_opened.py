"""Two managers at one form of Studio: whoever comes second is told who changed what, and decides."""

import re

import pytest

from kizuna.base.rules import parse
from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions as members
from kizuna.core.members import queries
from kizuna.core.members.models import Attribute, AudienceMember
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Space
from tests.cast import NOW, make_member

pytestmark = pytest.mark.django_db
SAID = "開いたあとで変更されました"
HOBBY = {
    "label": {"ja": "趣味", "en": "Hobby"}, "hint": {}, "choices": [], "sees": "own", "edits": "member", "asked": "later",
}  # fmt: skip
HOBBY_FORM = {
    "label_ja": "趣味", "label_en": "Hobby", "hint_ja": "", "hint_en": "", "choices": "", "sees": "own",
    "edits": "member", "asked": "later",
}  # fmt: skip
CLIMBS = {"fact": "attribute.hobby", "op": "is", "value": "登山"}
NAMES = {"label_ja": "山の会", "label_en": "", "shown_label_ja": "", "shown_label_en": ""}
SPACE = {
    "slug": "qa", "kind": "question", "icon": "message-circle", "color": "d1", "posting": "members",
    "members_first_hours": "", "name_ja": "質問", "name_en": "", "description_ja": "", "description_en": "",
    "post_template_ja": "", "post_template_en": "",
}  # fmt: skip


def rule_of(value: str):
    return parse({"version": 1, "entity": "member", "root": {**CLIMBS, "value": value}})


@pytest.fixture
def owner(aoi, viewer_of):
    return viewer_of(aoi)


@pytest.fixture
def other(viewer_of):
    return viewer_of(make_member("dora", "admin", name="土井 どら"))


@pytest.fixture
def opened(client_of, aoi):
    """Return a function that opens a form as aoi, and returns how to send it: what it was opened on goes along."""
    client = client_of(aoi)

    def open_form(address: str, **fields: str):
        page = client.get(address)

        def send(page=page, **typed: str):
            mark = re.search(r'name="opened" value="([^"]+)"', page.content.decode())
            assert mark
            return client.post(address, {**fields, "opened": mark[1], **typed})

        return send

    return open_form


@pytest.fixture
def hobby(owner):
    return members.save_attribute(viewer=owner, attribute=None, now=NOW, key="hobby", kind="text", **HOBBY)


@pytest.fixture
def space(owner):
    words = {"name": {"ja": "質問"}, "icon": "message-circle", "color": "d1"}
    return discussions.create_space(viewer=owner, slug="qa", kind="question", audience_id=MEMBERS, now=NOW, **words)


def test_what_members_are_asked(opened, hobby, other):
    send = opened(f"/studio/attributes/{hobby.pk}/", **HOBBY_FORM)
    changed = {**HOBBY, "hint": {"ja": "好きなことを一つ", "en": ""}, "sees": "members"}
    members.save_attribute(viewer=other, attribute=hobby, now=NOW, **changed)
    response = send(label_ja="ご趣味")
    page = response.content.decode()
    assert response.status_code == 409
    assert SAID in page
    assert "土井 どら" in page
    assert "好きなことを一つ" in page
    assert 'value="ご趣味"' in page
    assert Attribute.objects.get().label["ja"] == "趣味"
    assert [send(response, label_ja="ご趣味").status_code for _twice in range(2)] == [302, 302]
    kept = Attribute.objects.get()
    assert (kept.label["ja"], kept.sees, kept.hint["ja"]) == ("ご趣味", "own", "")


def test_a_third_change_in_between_is_told_again(opened, hobby, other):
    send = opened(f"/studio/attributes/{hobby.pk}/", **HOBBY_FORM)
    members.save_attribute(viewer=other, attribute=hobby, now=NOW, **{**HOBBY, "sees": "members"})
    first = send(label_ja="ご趣味")
    members.save_attribute(viewer=other, attribute=hobby, now=NOW, **{**HOBBY, "sees": "profile"})
    assert (first.status_code, send(first, label_ja="ご趣味").status_code) == (409, 409)


def test_an_order_or_archive_meanwhile_is_no_change_of_the_form_and_stays(opened, hobby, other):
    send = opened(f"/studio/attributes/{hobby.pk}/", **HOBBY_FORM)
    members.archive_attribute(viewer=other, attribute=hobby, is_archived=True, now=NOW)
    assert send(label_ja="ご趣味").status_code == 302
    assert Attribute.objects.get().is_archived


def test_an_audience_by_hand(opened, owner, other, ben, chie):
    audience = members.save_audience(
        viewer=owner, audience=None, label={"ja": "山の会"}, shown_label={}, member_ids=[chie.pk], now=NOW
    )
    send = opened(f"/studio/audiences/{audience.pk}/", **NAMES, who="chie")
    members.save_audience(
        viewer=other, audience=audience, label={"ja": "山の会", "en": ""}, member_ids=[ben.pk, chie.pk], now=NOW
    )
    response = send(who="chie\r\naoi")
    page = response.content.decode()
    assert response.status_code == 409
    assert "土井 どら" in page
    assert "ben" in page.split("<dl", 1)[1].split("</dl>")[0]
    assert set(queries.members_of(audience).values_list("handle", flat=True)) == {"ben", "chie"}
    assert send(response, who="chie\r\naoi").status_code == 302
    assert set(queries.members_of(audience).values_list("handle", flat=True)) == {"aoi", "chie"}
    changes = ManagerAction.objects.filter(subject=f"audience:{audience.pk}").order_by("pk")
    assert [(row.after or {}).get("who") for row in changes] == [
        {"come": 1, "leave": 0},
        {"come": 1, "leave": 0},
        {"come": 1, "leave": 1},
    ]


def test_a_list_filled_by_a_directory_meanwhile_is_noticed(opened, owner, ben, chie):
    audience = members.save_audience(viewer=owner, audience=None, label={"ja": "山の会"}, member_ids=[chie.pk], now=NOW)
    send = opened(f"/studio/audiences/{audience.pk}/", **NAMES, who="chie")
    members.enlist(viewer=owner, audience=audience, come=[ben.pk])
    assert send(who="chie\r\naoi").status_code == 409


def test_an_audience_by_rule(opened, owner, other, hobby, chie, viewer_of):
    audience = members.save_audience(
        viewer=owner, audience=None, label={"ja": "山の会"}, shown_label={}, rule=rule_of("登山"), now=NOW
    )
    typed = {
        **NAMES, "rule.join": "all", "rule.0.fact": "attribute.hobby", "rule.0.op": "is", "rule.0.value": "釣り", "step": "preview",
    }  # fmt: skip
    send = opened(f"/studio/audiences/{audience.pk}/", **typed)
    members.save_audience(
        viewer=other, audience=audience, label={"ja": "山の会", "en": ""}, rule=rule_of("囲碁"), now=NOW
    )
    preview = send()
    assert preview.status_code == 200, preview.content.decode()
    response = send(preview, step="apply")
    page = response.content.decode()
    assert response.status_code == 409
    assert "土井 どら" in page
    told = page.split("<dl", 1)[1].split("</dl>")[0]
    assert "囲碁" in told
    assert "条件" in told
    audience.refresh_from_db()
    assert "囲碁" in str(audience.rule)
    assert [send(response, step="apply").status_code for _twice in range(2)] == [302, 302]
    audience.refresh_from_db()
    assert "釣り" in str(audience.rule)


def test_who_came_in_by_the_rule_itself_is_no_change(opened, owner, hobby, chie, viewer_of):
    audience = members.save_audience(viewer=owner, audience=None, label={"ja": "山の会"}, rule=rule_of("登山"), now=NOW)
    typed = {**NAMES, "rule.join": "all", "rule.0.fact": "attribute.hobby", "rule.0.op": "is", "rule.0.value": "釣り"}
    send = opened(f"/studio/audiences/{audience.pk}/", **typed)
    members.set_answers(viewer=viewer_of(chie), member_id=chie.pk, answers={"hobby": "登山"}, now=NOW)
    members.evaluate_audience(audience=audience, now=NOW)
    assert AudienceMember.objects.filter(audience=audience).count() == 1
    assert send(step="apply").status_code == 302


def test_a_space(opened, space, other):
    send = opened("/studio/spaces/qa/", **SPACE)
    discussions.edit_space(viewer=other, space=space, now=NOW, post_template={"ja": "お使いの版は？", "en": ""})
    response = send(name_ja="相談")
    page = response.content.decode()
    assert response.status_code == 409
    assert "土井 どら" in page
    assert "お使いの版は？" in page
    assert Space.objects.get(pk=space.pk).name["ja"] == "質問"
    assert [send(response, name_ja="相談").status_code for _twice in range(2)] == [302, 302]
    assert Space.objects.get(pk=space.pk).post_template["ja"] == ""


@pytest.mark.parametrize("page", ["", "audience/"])
def test_a_space_whose_address_is_another_by_now(client_of, aoi, space, other, page):
    client = client_of(aoi)
    html = client.get(f"/studio/spaces/qa/{page}").content.decode()
    sent = {**SPACE, "slug": "qa", "name_ja": "相談", "audience": str(PUBLIC), "step": "apply"}
    sent |= dict(re.findall(r'name="(opened|space)" value="([^"]+)"', html))
    discussions.edit_space(viewer=other, space=space, now=NOW, slug="ask")
    answer = client.post(f"/studio/spaces/qa/{page}", sent)
    if page:  # who may see it is another matter than where it stands
        assert answer.status_code == 302
        assert Space.objects.get(pk=space.pk).audience_id == PUBLIC
        return
    assert answer.status_code == 409
    assert SAID in answer.content.decode()
    again = {**sent, **dict(re.findall(r'name="(opened|space)" value="([^"]+)"', answer.content.decode()))}
    assert client.post("/studio/spaces/qa/", again).status_code == 302
    assert (Space.objects.get(pk=space.pk).slug, Space.objects.get(pk=space.pk).name["ja"]) == ("qa", "相談")


@pytest.mark.parametrize(("number", "status"), [("999999", 404), ("9" * 40, 422), ("x", 422), ("", 422)])
def test_a_number_of_no_space(client_of, aoi, space, number, status):
    sent = {**SPACE, "name_ja": "", "space": number}
    assert client_of(aoi).post("/studio/spaces/qa/", sent).status_code == status


def test_who_may_see_a_space(opened, space, other):
    send = opened("/studio/spaces/qa/audience/", audience=str(PUBLIC))
    discussions.edit_space(viewer=other, space=space, now=NOW, audience_id=STAFF)
    assert send(step="preview").status_code == 200
    response = send(step="apply")
    page = response.content.decode()
    assert response.status_code == 409
    assert "土井 どら" in page
    assert Space.objects.get(pk=space.pk).audience_id == STAFF
    assert send(response, step="apply").status_code == 302
    assert Space.objects.get(pk=space.pk).audience_id == PUBLIC


def test_the_names_of_a_space_and_who_sees_it_are_changed_side_by_side(opened, space, other):
    send = opened("/studio/spaces/qa/audience/", audience=str(PUBLIC))
    discussions.edit_space(viewer=other, space=space, now=NOW, name={"ja": "相談", "en": ""})
    assert send(step="apply").status_code == 302
    assert Space.objects.get(pk=space.pk).name["ja"] == "相談"
