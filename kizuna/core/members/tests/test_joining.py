"""Joining: open, by approval and by invitation; agreement, handle, and imported authors who come back."""

import pytest
from django.core import mail
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.members import actions, queries, signin
from kizuna.core.members.models import Consent, JoinRequest, Member, PurposeConsent, RoleGrant
from kizuna.core.members.policies import Refused
from tests.cast import make_member


@pytest.fixture
def terms(aoi, viewer_of):
    """Publish terms of use and a privacy notice."""
    now = timezone.now()
    for kind in ("terms", "privacy"):
        draft = actions.save_terms_draft(
            viewer=viewer_of(aoi),
            kind=kind,
            body={"ja": f"# {kind}", "en": f"# {kind}"},
            changes={},
            effective_at=now,
            asks_consent=True,
            now=now,
        )
        actions.publish_terms(viewer=viewer_of(aoi), document_id=draft.pk, now=now)
    return queries.documents_in_force(now=timezone.now())


def about(client, **fields):
    shown = ",".join(str(document.pk) for document in queries.documents_in_force(now=timezone.now()))
    said = {"name": "森下 千夏", "kana": "もりした ちなつ", "documents": shown, "agreed": "on", **fields}
    return client.post("/signup/about/", {name: value for name, value in said.items() if value is not None})


def is_signed_in(client) -> bool:
    return signin.COOKIE in client.cookies and bool(client.cookies[signin.COOKIE].value)


def prove(client, last_code, email="chinatsu@example.com"):
    client.post("/signup/", {"email": email})
    return client.post("/signin/code/", {"code": last_code()})


def test_three_steps_make_a_member(client_of, joining, terms, last_code):
    joining("open")
    client = client_of()
    assert prove(client, last_code).headers["Location"] == "/signup/about/"
    response = about(client, promotional_mail="on")
    assert response.headers["Location"].startswith("/signup/done/")
    assert is_signed_in(client)
    member = Member.objects.get(email="chinatsu@example.com")
    assert (member.handle, member.state, member.language) == ("morishita_chinatsu", "active", "ja")
    assert set(Consent.objects.filter(member=member).values_list("document_id", flat=True)) == {row.pk for row in terms}
    assert Activity.objects.get(verb="member.joined").props["how"] == "open"
    decided = PurposeConsent.objects.get(member=member)
    assert (decided.purpose, decided.is_given, decided.source) == ("promotional_mail", True, "joining")
    assert "メール" in decided.wording


def test_no_member_exists_before_the_address_is_proven(client_of, joining):
    joining("open")
    before = Member.objects.count()
    client = client_of()
    client.post("/signup/", {"email": "chinatsu@example.com"})
    assert client.post("/signup/about/", {"name": "x"}).headers["Location"] == "/signup/"
    assert Member.objects.count() == before


def test_without_agreement_nobody_joins_and_nothing_typed_is_lost(client_of, joining, terms, last_code):
    joining("open")
    client = client_of()
    prove(client, last_code)
    response = about(client, agreed=None)
    assert response.status_code == 422
    page = response.content.decode()
    assert "森下 千夏" in page
    assert "続けるには、同意をお願いします。" in page
    assert not Member.objects.filter(email="chinatsu@example.com").exists()


def test_an_agreement_to_a_text_that_just_changed_does_not_count(client_of, joining, terms, last_code):
    joining("open")
    client = client_of()
    prove(client, last_code)
    response = about(client, documents="999")
    assert response.status_code == 422
    assert not Member.objects.filter(email="chinatsu@example.com").exists()


def test_optional_uses_are_not_ticked_beforehand(client_of, joining, terms, last_code):
    joining("open")
    client = client_of()
    prove(client, last_code)
    page = client.get("/signup/about/").content.decode()
    assert "checked" not in page.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(
    ("handle", "status"),
    [("chinatsu", 302), ("Chinatsu", 302), ("chie", 422), ("admin", 422), ("日本", 422), ("x", 422)],
)
def test_a_handle_is_checked_at_its_field(client_of, joining, chie, last_code, handle, status):
    joining("open")
    client = client_of()
    prove(client, last_code)
    response = about(client, handle=handle)
    assert response.status_code == status
    if status == 422:
        assert 'id="id_handle_error"' in response.content.decode()


def test_a_member_who_goes_through_joining_is_simply_signed_in(client_of, joining, chie, last_code):
    joining("open")
    client = client_of()
    assert prove(client, last_code, chie.email).headers["Location"] == "/"
    assert is_signed_in(client)


def test_with_approval_the_person_waits_and_is_told(client_of, joining, aoi, last_code):
    joining("approval")
    client = client_of()
    prove(client, last_code)
    assert about(client, message="花屋です").headers["Location"] == "/signin/waiting/"
    assert not is_signed_in(client)
    request = JoinRequest.objects.get()
    assert request.message == "花屋です"
    assert "花屋です" in client_of(aoi).get("/studio/members/").content.decode()
    client_of(aoi).post(f"/studio/members/{request.member_id}/approval/")
    assert mail.outbox[-1].to == ["chinatsu@example.com"]
    client.post("/signin/", {"email": "chinatsu@example.com"})
    client.post("/signin/code/", {"code": last_code()})
    assert is_signed_in(client)


def test_a_declined_person_is_told_and_forgotten(client_of, joining, aoi, last_code):
    joining("approval")
    client = client_of()
    prove(client, last_code)
    about(client)
    waiting = JoinRequest.objects.get().member
    asked = client_of(aoi).get(f"/studio/members/{waiting.pk}/refusal/")
    assert "千夏" in asked.content.decode()
    assert JoinRequest.objects.exists(), "looking decides nothing"
    client_of(aoi).post(f"/studio/members/{waiting.pk}/refusal/", {"words": "お取引先の方の場です。<b>"})
    assert mail.outbox[-1].to == ["chinatsu@example.com"]
    assert "お取引先の方の場です。<b>" in mail.outbox[-1].body
    assert "お取引先の方の場です。&lt;b&gt;" in mail.outbox[-1].alternatives[0][0]
    assert client_of(aoi).get(f"/studio/members/{waiting.pk}/refusal/").status_code == 404
    assert "千夏" not in str(Member.objects.values().get(pk=waiting.pk))
    assert not JoinRequest.objects.exists()


def test_a_request_is_decided_once_and_by_managers_only(chie, ben, aoi, viewer_of):
    waiting = make_member("waiting", state="waiting")
    JoinRequest.objects.create(member=waiting, created_at=timezone.now())
    with pytest.raises(Refused):
        actions.approve_request(viewer=viewer_of(ben), member_id=waiting.pk, now=timezone.now())
    actions.approve_request(viewer=viewer_of(aoi), member_id=waiting.pk, now=timezone.now())
    with pytest.raises(Refused):
        actions.decline_request(viewer=viewer_of(aoi), member_id=waiting.pk, now=timezone.now())


def test_an_imported_author_takes_their_account_over(client_of, joining, last_code):
    joining("invitation")
    author = make_member("old_hand", email="old@example.com", email_key="old@example.com", is_imported=True)
    client = client_of()
    assert prove(client, last_code, "old@example.com").headers["Location"] == "/signup/about/"
    assert "old_hand" in client.get("/signup/about/").content.decode()
    about(client, handle="old_hand")
    author.refresh_from_db()
    assert (author.name, author.is_imported) == ("森下 千夏", False)
    assert is_signed_in(client)
    assert Activity.objects.filter(verb="member.claimed", actor_id=author.pk).exists()


def test_joining_gives_no_role_whatever_is_sent(client_of, joining, last_code):
    joining("open")
    client = client_of()
    prove(client, last_code)
    about(client, role="owner", roles="owner", state="active", is_system="1")
    assert not RoleGrant.objects.exists()


def test_importing_authors_makes_each_once_with_a_free_handle(aoi, chie, viewer_of):
    authors = [
        {"external_id": "sumo:1", "name": "Chie"},
        {"external_id": "sumo:2", "name": "日本 太郎"},
        {"external_id": "sumo:3", "name": "Chie", "email": "CHIE@example.com"},
    ]
    first = actions.import_authors(viewer=actions.system_viewer(), authors=authors, now=timezone.now())
    again = actions.import_authors(viewer=actions.system_viewer(), authors=authors, now=timezone.now())
    assert first == again
    assert first["sumo:3"] == chie.pk  # the address says who it is
    imported = Member.objects.filter(is_imported=True)
    assert imported.count() == 2
    assert not any(author.has_usable_password() for author in imported)
    with pytest.raises(Refused):
        actions.import_authors(viewer=viewer_of(chie), authors=[], now=timezone.now())


def test_names_are_screened(client_of, joining, aoi, last_code):
    from kizuna.core.community.models import WordRule
    from kizuna.core.community.screening import skeleton

    WordRule.objects.create(word="ばか", skeleton=skeleton("ばか"), created_at=timezone.now())
    joining("open")
    client = client_of()
    prove(client, last_code)
    response = about(client, name="ばか")
    assert response.status_code == 422
    assert 'id="id_name_error"' in response.content.decode()
