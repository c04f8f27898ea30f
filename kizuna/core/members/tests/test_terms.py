"""Terms in versions: published for good, agreed to when they change, nothing lost on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members import actions, queries
from kizuna.core.members.models import Consent, TermsDocument
from kizuna.core.members.policies import Refused


@pytest.fixture
def publish(aoi, viewer_of):
    """Return a function that writes and publishes a version."""

    def make(text="本文", *, kind="terms", asks=True, in_days=0, changes=""):
        now = timezone.now()
        draft = actions.save_terms_draft(
            viewer=viewer_of(aoi),
            kind=kind,
            body={"ja": text},
            changes={"ja": changes},
            effective_at=now + timedelta(days=in_days),
            asks_consent=asks,
            now=now,
        )
        return actions.publish_terms(viewer=viewer_of(aoi), document_id=draft.pk, now=now)

    return make


def due(member, *, in_days=0):
    now = timezone.now() + timedelta(days=in_days)
    return [row.version for row in queries.documents_to_consent(member_id=member.pk, now=now)]


def agree(member, viewer_of):
    documents = list(queries.documents_to_consent(member_id=member.pk, now=timezone.now()))
    actions.agree(viewer=viewer_of(member), documents=documents, now=timezone.now())


def test_a_new_version_is_due_once(publish, chie, viewer_of):
    publish()
    assert due(chie) == [1]
    agree(chie, viewer_of)
    assert due(chie) == []
    publish()
    assert due(chie) == [2]


def test_a_version_that_asks_for_nothing_leaves_the_agreement_standing(publish, chie, viewer_of):
    publish()
    agree(chie, viewer_of)
    publish(asks=False)
    assert due(chie) == []


def test_who_never_agreed_still_owes_it_after_a_version_that_asks_for_nothing(publish, chie):
    publish()
    publish(asks=False)
    assert due(chie) == [1]


def test_a_coming_version_is_due_from_its_day(publish, chie, viewer_of):
    publish(in_days=7)
    assert due(chie) == []
    assert due(chie, in_days=8) == [1]


def test_a_draft_binds_nobody_and_a_published_version_stays(publish, aoi, chie, viewer_of):
    now = timezone.now()
    fields = {"kind": "terms", "changes": {}, "effective_at": now, "asks_consent": True, "now": now}
    draft = actions.save_terms_draft(viewer=viewer_of(aoi), body={"ja": "一"}, **fields)
    actions.save_terms_draft(viewer=viewer_of(aoi), body={"ja": "二"}, **fields)
    assert TermsDocument.objects.count() == 1
    assert due(chie) == []
    actions.publish_terms(viewer=viewer_of(aoi), document_id=draft.pk, now=now)
    with pytest.raises(Refused):
        actions.publish_terms(viewer=viewer_of(aoi), document_id=draft.pk, now=now)
    actions.save_terms_draft(viewer=viewer_of(aoi), body={"ja": "三"}, **fields)
    assert TermsDocument.objects.get(version=1).body == {"ja": "二"}


def test_only_managers_write_terms(ben, viewer_of):
    now = timezone.now()
    with pytest.raises(Refused):
        actions.save_terms_draft(
            viewer=viewer_of(ben),
            kind="terms",
            body={"ja": "x"},
            changes={},
            effective_at=now,
            asks_consent=True,
            now=now,
        )


def test_the_gate_stands_before_every_page_and_leads_back(publish, client_of, chie):
    publish(changes="投稿の引用は事前にお知らせします。")
    client = client_of(chie)
    response = client.get("/members/?q=x")
    assert response.headers["Location"] == "/terms/agreement/?next=%2Fmembers%2F%3Fq%3Dx"
    page = client.get(response.headers["Location"]).content.decode()
    assert "投稿の引用は事前にお知らせします。" in page
    document = TermsDocument.objects.get()
    response = client.post("/terms/agreement/", {"next": "/members/?q=x", "document": document.pk})
    assert response.headers["Location"] == "/members/?q=x"
    assert Consent.objects.get().member_id == chie.pk
    assert client.get("/members/").status_code == 200


def test_a_text_under_way_waits_at_the_gate(publish, client_of, chie):
    publish()
    client = client_of(chie)
    response = client.post("/account/", {"name": "書きかけの名前", "audience": "1"})
    assert response.headers["Location"] == "/terms/agreement/?next=%2Fsignin%2Fresume%2F"
    client.post("/terms/agreement/", {"next": "/signin/resume/", "document": TermsDocument.objects.get().pk})
    assert "書きかけの名前" in client.get("/signin/resume/").content.decode()


def test_agreeing_to_an_old_form_does_not_count(publish, client_of, chie):
    publish()
    client = client_of(chie)
    old = TermsDocument.objects.get().pk
    publish()
    client.post("/terms/agreement/", {"document": old})
    assert not Consent.objects.exists()


@pytest.mark.parametrize("path", ["/terms/terms/", "/signout/", "/account/leave/"])
def test_the_gate_leaves_the_ways_out_open(publish, client_of, chie, path):
    publish()
    assert client_of(chie).get(path).status_code == 200


def test_visitors_read_the_terms_without_a_cookie(publish, client_of):
    publish("# 見出し\n\n**太字** <script>alert(1)</script>")
    response = client_of().get("/terms/terms/")
    page = response.content.decode()
    assert "<strong>太字</strong>" in page
    assert "<script>alert" not in page
    assert not response.cookies
    assert client_of().get("/terms/terms/1/").status_code == 200
    assert client_of().get("/terms/terms/2/").status_code == 404
    assert client_of().get("/terms/nothing/").status_code == 404


def test_a_draft_is_seen_by_managers_only(aoi, client_of, viewer_of):
    now = timezone.now()
    actions.save_terms_draft(
        viewer=viewer_of(aoi),
        kind="terms",
        body={"ja": "秘密"},
        changes={},
        effective_at=now,
        asks_consent=True,
        now=now,
    )
    assert client_of().get("/terms/terms/1/").status_code == 404
    draft = TermsDocument.objects.get()
    assert "秘密" in client_of(aoi).get(f"/studio/terms/{draft.pk}/").content.decode()


def test_optional_uses_keep_their_history(client_of, chie):
    client = client_of(chie)
    client.post("/account/agreements/", {"promotional_mail": "on"})
    client.post("/account/agreements/", {"promotional_mail": "on"})
    client.post("/account/agreements/", {})
    from kizuna.core.members.models import PurposeConsent

    assert list(PurposeConsent.objects.values_list("is_given", flat=True).order_by("id")) == [True, False]
    assert queries.purpose_consents(member_id=chie.pk) == {"promotional_mail": False}
