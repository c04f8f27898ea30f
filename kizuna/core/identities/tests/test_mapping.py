"""What a provider says becomes what we keep: cut, cleaned, screened, and never of another kind."""

import pytest
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.community.actions import save_word_rule
from kizuna.core.identities import actions, mapping
from kizuna.core.identities.models import Identity, Provider
from kizuna.core.identities.tests.conftest import is_signed_in
from kizuna.core.members import queries as members
from kizuna.core.members.models import Attribute

PATHS = {
    "name": "display", "kana": "reading", "company": "org.name", "person_id": "employee", "customer_id": "https://x.example/customer",
    "attribute:team": "department", "attribute:size": "count", "attribute:areas": "areas",
}  # fmt: skip
CLAIMS = {
    "sub": "u-1", "display": "佐藤 千恵", "reading": "さとう ちえ", "org": {"name": "青波堂"}, "employee": "E-7",
    "https://x.example/customer": "C-100", "department": "sales", "count": 12, "areas": ["east", "nowhere"],
}  # fmt: skip


@pytest.fixture
def asked(db):
    now = timezone.now()
    choices = [{"value": value, "ja": value, "en": value} for value in ("sales", "east", "west")]
    for key, kind in (("team", "choice"), ("size", "number"), ("areas", "choices")):
        Attribute.objects.create(key=key, kind=kind, label={"ja": key}, choices=choices, created_at=now)


@pytest.fixture
def mapped(set_up, owner, chie):
    provider, fake = set_up()
    actions.save_mapping(viewer=owner, provider=provider, paths=PATHS, now=timezone.now())
    now = timezone.now()
    Identity.objects.create(
        provider=provider, subject="u-1", member=chie, how="joined", created_at=now, last_used_at=now
    )
    return Provider.objects.get(pk=provider.pk), fake


def test_fields_and_attributes_are_taken_over_at_each_sign_in(asked, mapped, client_of, come, chie):
    provider, fake = mapped
    come(client_of(), provider, fake, **{**CLAIMS, "areas": ["east", "west"]})
    chie.refresh_from_db()
    assert (chie.name, chie.kana, chie.company) == ("佐藤 千恵", "さとう ちえ", "青波堂")
    found = members.all_answers(chie.pk, members.attributes())
    assert (found["team"], int(found["size"]), found["areas"]) == ("sales", 12, ["east", "west"])


def test_outside_ids_stand_on_the_identity_and_the_member_and_are_told_once(asked, mapped, client_of, come, chie):
    provider, fake = mapped
    for _ in range(2):
        come(client_of(), provider, fake, **CLAIMS)
    identity = Identity.objects.get()
    assert (identity.person_id, identity.customer_id) == ("E-7", "C-100")
    chie.refresh_from_db()
    assert chie.external_id == "E-7"
    assert Activity.objects.filter(verb="identity.ids_carried").count() == 1


def test_what_does_not_fit_is_left_out_and_the_person_comes_in(asked, mapped, client_of, come, chie):
    provider, fake = mapped
    save_word_rule(word="badword", effect="refuse", member_id=None, now=timezone.now())
    client = client_of()
    come(client, provider, fake, **{**CLAIMS, "display": "badword", "count": "many", "areas": {"a": 1}, "org": "flat"})
    assert is_signed_in(client)
    chie.refresh_from_db()
    assert chie.name == "千恵"
    found = members.all_answers(chie.pk, members.attributes())
    assert (found["size"], found["areas"], found["team"]) == (None, [], "sales")


def test_a_person_id_of_somebody_else_changes_nobody(asked, mapped, client_of, come, chie, ben):
    ben.external_id = "E-7"
    ben.save()
    provider, fake = mapped
    client = client_of()
    come(client, provider, fake, **CLAIMS)
    assert is_signed_in(client)
    chie.refresh_from_db()
    assert chie.external_id == ""


@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, [], {}, [[]], {"a": {"b": {"c": 1}}}, "x" * 100_000, "\x00\x1b[31m", "<script>", -(10**30)],
)
def test_any_value_is_taken_as_a_short_line_of_text(value):
    said = mapping.said({"name": "n", "company": "n"}, {"n": value, "email": value, "locale": value})
    assert len(said.name) <= 80
    assert said.name.isprintable()
    kept = mapping.kept({"n": value})
    assert len(str(kept)) < 10_000
    assert "\x00" not in str(kept)


def test_very_many_claims_are_cut():
    assert len(mapping.kept({f"c{number}": "x" * 400 for number in range(1_000)})) <= 40


def test_the_page_shows_the_last_sign_in_and_what_becomes_of_it(asked, mapped, client_of, come, aoi):
    provider, fake = mapped
    come(client_of(), provider, fake, **{**CLAIMS, "display": "<b>佐藤</b>"})
    page = client_of(aoi).get(f"/studio/sign-in/{provider.pk}/mapping/").content.decode()
    assert "https://x.example/customer" in page
    assert "&lt;b&gt;佐藤" in page
    assert "<b>佐藤" not in page
    assert "nonce" not in page
