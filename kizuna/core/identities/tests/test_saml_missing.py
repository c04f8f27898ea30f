"""Without the extra of SAML everything else works, and Studio says what is missing."""

import pytest
from django.utils import timezone

from kizuna.core.identities.models import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _missing(monkeypatch):
    for place in ("queries", "views.company", "views.saml", "views.studio", "saml.documents"):
        monkeypatch.setattr(f"kizuna.core.identities.{place}.IS_INSTALLED", False)


@pytest.fixture
def provider(db):
    return Provider.objects.create(
        slug="example", kind="saml", label={"ja": "社員ID"}, is_on=True, issuer="https://idp.example.com/",
        metadata={"sign_in_url": "https://idp.example.com/sso"}, key_set={"certificates": []}, created_at=timezone.now(),
    )  # fmt: skip


def test_studio_says_so(client_of, aoi, provider):
    client = client_of(aoi)
    for page in ("/studio/sign-in/new/saml/", f"/studio/sign-in/{provider.pk}/"):
        response = client.get(page)
        assert response.status_code == 200
        assert "bin/setup --saml" in response.content.decode()
    sent = {"slug": "corp", "label_ja": "社員", "described": "<a/>", "joining": "community", "domains": ""}
    refused = client.post("/studio/sign-in/new/saml/", sent)
    assert refused.status_code == 422
    assert "bin/setup --saml" in refused.content.decode()


def test_no_way_leads_there_and_nothing_breaks(client_of, provider):
    assert "社員ID" not in client_of().get("/signin/").content.decode()
    assert client_of().get("/signin/company/example/").headers["Location"] == "/signin/"
    assert client_of().post("/signin/company/example/acs/", {"SAMLResponse": "AAAA"}).status_code == 404
    assert client_of().get("/signin/company/example/arrival/?ticket=x").headers["Location"] == "/signin/"
    assert client_of().get("/signin/company/example/metadata/").status_code == 200
