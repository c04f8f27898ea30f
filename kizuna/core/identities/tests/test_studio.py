"""Studio's pages: only owners, only what fits, secrets never shown, names as plain text; and a second provider of other hands."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.utils import timezone
from oidc_provider_mock import User, run_server_in_thread

from kizuna.base import outbound
from kizuna.core.community.models import ManagerAction
from kizuna.core.identities import actions, jobs, queries
from kizuna.core.identities.models import Identity, ProvenDomain, Provider, ProviderKey
from kizuna.core.identities.tests.conftest import FIELDS, is_signed_in
from kizuna.core.identities.tests.provider import CLIENT_ID
from kizuna.core.members import queries as members
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused

FORM = {
    "slug": "example", "label_ja": "社員ID", "issuer": "", "client_id": CLIENT_ID, "secret": "very secret", "scopes": "openid email",
    "joining": "community", "domains": "",
}  # fmt: skip


def test_an_owner_sets_a_provider_up_and_switches_it_on(client_of, serve, aoi):
    fake, client = serve(), client_of(aoi)
    response = client.post("/studio/sign-in/new/oidc/", {**FORM, "issuer": fake.issuer})
    provider = Provider.objects.get()
    assert response.headers["Location"] == f"/studio/sign-in/{provider.pk}/"
    assert provider.metadata["token_endpoint"] == f"{fake.issuer}/token"
    assert not provider.is_on
    client.post(f"/studio/sign-in/{provider.pk}/switch/", {"is_on": "1"})
    page = client.get(f"/studio/sign-in/{provider.pk}/").content.decode()
    assert "/signin/company/example/callback/" in page
    assert "very secret" not in page
    assert "very secret" not in str(list(ManagerAction.objects.values()))
    assert "社員IDでログイン" in client_of().get("/signin/").content.decode()


def test_an_empty_secret_keeps_the_one_there(client_of, set_up, aoi):
    provider, _fake = set_up()
    sealed = provider.sealed_secret
    client_of(aoi).post(f"/studio/sign-in/{provider.pk}/", {**FORM, "issuer": provider.issuer, "secret": ""})
    provider.refresh_from_db()
    assert (provider.sealed_secret, provider.scopes) == (sealed, "openid email")


def test_an_issuer_that_lies_about_its_name_is_not_taken(client_of, serve, aoi):
    fake, client = serve(), client_of(aoi)
    fake.metadata = {"issuer": "https://other.example"}
    page = client.post("/studio/sign-in/new/oidc/", {**FORM, "issuer": fake.issuer}, follow=True).content.decode()
    assert "名乗る発行者と違います" in page
    provider = Provider.objects.get()
    client.post(f"/studio/sign-in/{provider.pk}/switch/", {"is_on": "1"})
    provider.refresh_from_db()
    assert not provider.is_on


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "https://169.254.169.254/",
        "http://localhost/",
        "file:///etc/passwd",
        "https://x.example/?a=1",
        "x",
    ],
)
def test_inner_addresses_are_not_asked(client_of, aoi, url, settings):
    settings.KIZUNA_OUTBOUND_ALLOWED = frozenset()
    client_of(aoi).post("/studio/sign-in/new/oidc/", {**FORM, "issuer": url})
    assert not Provider.objects.exclude(metadata={}).exists()


def test_endpoints_that_lead_inside_are_not_taken(client_of, serve, aoi):
    fake = serve()
    fake.metadata = {"token_endpoint": "http://169.254.169.254/latest/"}
    client_of(aoi).post("/studio/sign-in/new/oidc/", {**FORM, "issuer": fake.issuer})
    assert Provider.objects.get().metadata == {}


@pytest.mark.parametrize(
    "wrong",
    [{"slug": "A B"}, {"slug": "../x"}, {"label_ja": ""}, {"client_id": ""}, {"scopes": "email"}, {"domains": "no domain!"}],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field(client_of, serve, aoi, wrong):
    fake = serve()
    response = client_of(aoi).post("/studio/sign-in/new/oidc/", {**FORM, "issuer": fake.issuer, **wrong})
    assert response.status_code == 422
    assert not Provider.objects.exists()


def test_admins_and_tokens_set_nothing_up(ben, make_admin, owner):
    now = timezone.now()
    for viewer in (
        members.viewer_of(make_admin),
        members.viewer_of(ben),
        members.viewer_of(Member.objects.get(handle="aoi")),
    ):
        with pytest.raises(Refused):
            actions.add_provider(viewer=viewer, kind="oidc", slug="x", fields=FIELDS, secret="", now=now)


@pytest.fixture
def make_admin(db):
    from tests.cast import make_member

    return make_member("adam", "admin")


def test_people_joined_to_an_issuer_stay_with_it(owner, set_up, chie):
    provider, _fake = set_up()
    now = timezone.now()
    Identity.objects.create(provider=provider, subject="u", member=chie, how="joined", created_at=now, last_used_at=now)
    with pytest.raises(Refused):
        actions.change_provider(
            viewer=owner, provider=provider, fields={**FIELDS, "issuer": "https://evil.example"}, secret="", now=now
        )


def test_hostile_names_are_plain_text(client_of, set_up, aoi):
    set_up(label={"ja": "<script>alert(1)</script>", "en": "x"})
    for path in ("/signin/", "/studio/sign-in/"):
        page = (client_of() if path == "/signin/" else client_of(aoi)).get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page


def test_a_secret_is_shown_once(client_of, owner, aoi):
    now = timezone.now()
    provider = actions.add_provider(
        viewer=owner, kind="jwt", slug="p", fields={**FIELDS, "issuer": "p"}, secret="", now=now
    )
    client = client_of(aoi)
    page = client.post(f"/studio/sign-in/{provider.pk}/keys/", {"algorithm": "HS256"}).content.decode()
    secret = re.search(r"<p><code>([\w-]{60,})</code></p>", page).group(1)
    assert ProviderKey.objects.count() == 1
    assert secret not in client.get(f"/studio/sign-in/{provider.pk}/").content.decode()


# ── domains


@pytest.fixture
def claimed(owner, set_up):
    provider, _fake = set_up()
    return actions.add_domain(viewer=owner, provider=provider, domain="Corp.Example", now=timezone.now())


def test_a_domain_counts_only_when_dns_says_so(client_of, claimed, aoi, monkeypatch):
    url = f"/studio/sign-in/{claimed.provider_id}/domains/{claimed.pk}/"
    answers = iter([[], ["kizuna-domain-verification=other"], [f"kizuna-domain-verification={claimed.token}"]])
    asked = []
    monkeypatch.setattr(outbound, "txt_records", lambda name: asked.append(name) or next(answers))
    client = client_of(aoi)
    for proven in (False, False, True):
        client.post(url, {"do": "check"})
        assert queries.speaks_for(claimed.provider, "corp.example") is proven
    assert set(asked) == {"_kizuna-challenge.corp.example"}


def test_a_record_that_is_gone_counts_for_another_week(claimed, monkeypatch):
    now = timezone.now()
    actions.note_checked(row=claimed, found=[f"kizuna-domain-verification={claimed.token}"], now=now)
    monkeypatch.setattr(outbound, "txt_records", lambda name: [])
    jobs.check_domains()
    assert queries.speaks_for(claimed.provider, "corp.example")
    ProvenDomain.objects.update(missing_since=now - timedelta(days=8))
    jobs.check_domains()
    assert not queries.speaks_for(claimed.provider, "corp.example")


def test_dns_that_does_not_answer_changes_nothing(claimed, monkeypatch):
    actions.note_checked(row=claimed, found=[f"kizuna-domain-verification={claimed.token}"], now=timezone.now())

    def silent(name):
        raise outbound.Unreachable("name")

    monkeypatch.setattr(outbound, "txt_records", silent)
    jobs.check_domains()
    assert ProvenDomain.objects.get().missing_since is None


@pytest.mark.parametrize(
    "domain", ["", "com", "a b.example", "-x.example", "x.example/evil", "例え.jp", "x" * 300 + ".example", "10.0.0.1"]
)
def test_only_domains_are_claimed(owner, set_up, domain):
    provider, _fake = set_up()
    with pytest.raises(Refused):
        actions.add_domain(viewer=owner, provider=provider, domain=domain, now=timezone.now())


# ── a provider of other hands


def test_a_second_provider_of_other_hands_lets_people_in(client_of, owner, settings, joining):
    joining("open")
    person = User(sub="hana", claims={"email": "hana@corp.example", "email_verified": True, "name": "花"})
    with run_server_in_thread(user_claims=[person]) as server:
        issuer = f"http://localhost:{server.server_port}"
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset({f"localhost:{server.server_port}"})
        from kizuna.core.identities import reading

        fields = {**FIELDS, "issuer": issuer, "is_trusted_for_addresses": True}
        now = timezone.now()
        provider = actions.add_provider(viewer=owner, kind="oidc", slug="mock", fields=fields, secret="s", now=now)
        reading.read_issuer(provider, now=now)
        actions.switch(viewer=owner, provider=provider, is_on=True, now=now)
        for _times in (1, 2):
            client = client_of()
            going = client.get("/signin/company/mock/").headers["Location"]
            back = httpx.post(going, data={"sub": "hana"}).headers["Location"]
            client.get("/signin/company/mock/callback/", dict(parse_qsl(urlsplit(back).query)))
            assert is_signed_in(client)
            assert Identity.objects.count() == 1
    assert Identity.objects.get().member.name == "花"


def test_an_owner_parts_an_account_so_that_another_one_can_be_joined(client_of, set_up, come, chie, aoi):
    provider, fake = set_up()
    now = timezone.now()
    row = Identity.objects.create(
        provider=provider, subject="old", member=chie, how="joined", created_at=now, last_used_at=now
    )
    member = client_of()
    come(member, provider, fake, sub="old")
    owner = client_of(aoi)
    assert "<small>old" in owner.get(f"/studio/sign-in/{provider.pk}/people/?q=old").content.decode()
    assert "<small>old" not in owner.get(f"/studio/sign-in/{provider.pk}/people/?q=nobody").content.decode()
    owner.post(f"/studio/sign-in/{provider.pk}/people/{row.pk}/")
    assert not Identity.objects.exists()
    assert member.get("/account/").status_code == 302
    assert Member.objects.filter(pk=chie.pk, state="active").exists()
