"""Signing in by a SAML provider: the way there and back, and every lie we know of."""

import base64

import pytest
from django.utils import timezone

from kizuna.core.identities import actions
from kizuna.core.identities.models import Attempt, CompanySignIn, Identity, Provider, Ticket
from kizuna.core.identities.saml import IS_INSTALLED
from kizuna.core.identities.tests.conftest import FIELDS, is_signed_in
from kizuna.core.members.models import Member, SignIn

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not IS_INSTALLED, reason="the SAML extra (requirements/saml.txt) is not installed"),
]
if IS_INSTALLED:
    from kizuna.core.identities.saml import metadata as described
    from kizuna.core.identities.tests import saml_provider as idp

ACS, START = "/signin/company/example/acs/", "/signin/company/example/"


@pytest.fixture
def provider(owner):
    """Return a SAML provider that is set up and switched on."""
    said = {**FIELDS, "issuer": idp.ISSUER, "client_id": "", "scopes": "openid"}
    row = actions.add_provider(
        viewer=owner, kind="saml", slug="example", fields=said, secret="", described=described.read(idp.metadata()),
        now=timezone.now(),
    )  # fmt: skip
    actions.switch(viewer=owner, provider=row, is_on=True, now=timezone.now())
    return Provider.objects.get(pk=row.pk)


@pytest.fixture
def joined(provider, chie):
    now = timezone.now()
    return Identity.objects.create(
        provider=provider, subject="u-1", member=chie, how="own_page", created_at=now, last_used_at=now
    )


def begin(client, *, target: str = "") -> dict[str, str]:
    return idp.asked(client.get(START + (f"?next={target}" if target else "")).headers["Location"])


def post(client, answer: str, relay: str = "", *, browser=None):
    """Bring an answer as the provider's page does (without cookies), then go where it leads with the browser's."""
    landed = client.post(ACS, {"SAMLResponse": answer, "RelayState": relay})
    location = landed.headers.get("Location", "")
    return (browser or client).get(location) if "/arrival/" in location else landed


def refused(caplog) -> str:
    return next(
        (record.getMessage().rpartition(": ")[2] for record in caplog.records if "refused" in record.getMessage()), ""
    )


def test_the_way_there_and_back(client_of, joined, chie):
    client = client_of()
    assert "社員IDでログイン" in client.get("/signin/").content.decode()
    to = begin(client, target="/members/")
    assert to["acs"].endswith(ACS)
    assert to["destination"] == idp.SSO
    response = post(client_of(), idp.answer(to), to["relay"], browser=client)
    assert (response.status_code, response.headers["Location"]) == (302, "/members/")
    assert is_signed_in(client)
    assert (SignIn.objects.get().member_id, CompanySignIn.objects.get().sid) == (chie.pk, "s-1")
    assert not Attempt.objects.exists()
    assert not Ticket.objects.exists()


def test_a_known_subject_counts_and_no_address(client_of, joined, chie):
    client = client_of()
    to = begin(client)
    post(client, idp.answer(to, attributes={"mail": "someone@else.example"}), to["relay"])
    assert is_signed_in(client)
    chie.refresh_from_db()
    assert chie.email == "chie@example.com"


def test_whoever_is_asserted_to_be_a_member_gets_nothing(client_of, provider, chie):
    client = client_of()
    to = begin(client)
    response = post(client, idp.answer(to, subject="mallory", attributes={"mail": chie.email}), to["relay"])
    assert response.headers["Location"] == "/signin/both/"
    assert not is_signed_in(client)


def test_a_proven_domain_makes_members_with_what_is_said(client_of, provider, prove, joining):
    prove(provider)
    joining("open")
    client = client_of()
    to = begin(client)
    post(client, idp.answer(to), to["relay"])
    assert is_signed_in(client)
    made = Member.objects.get(email="hana@example.com")
    assert (made.name, Identity.objects.get().subject) == ("花", "u-1")


def test_the_name_id_is_the_address_where_it_has_that_form(client_of, provider, prove, joining):
    prove(provider)
    joining("open")
    client = client_of()
    to = begin(client)
    post(client, idp.answer(to, subject="sora@example.com", form=idp.MAIL_ID, attributes={}), to["relay"])
    assert Member.objects.filter(email="sora@example.com").exists()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"issuer": "https://evil.example/"}, "issuer"), ({"audience": "https://another.example/"}, "audience"),
        ({"audience": ""}, "audience"), ({"recipient": "https://another.example/acs/"}, "recipient"),
        ({"until": -61}, "expired"), ({"ends": -61}, "expired"), ({"begins": 120}, "expired"), ({"until": 90_000}, "life"),
        ({"form": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "transient"), ({"subject": ""}, "subject"),
        ({"subject": "x" * 256}, "subject"), ({"session_ends": -120}, "expired"),
        ({"request": ""}, "request"), ({"request": "_another"}, "request"),
    ],
)  # fmt: skip
def test_lies_in_a_signed_assertion_are_refused(client_of, joined, caplog, said, reason):
    client = client_of()
    to = begin(client)
    post(client, idp.answer(to, **said), to["relay"])
    assert refused(caplog) == reason
    assert not is_signed_in(client)


def test_an_answer_to_somebody_elses_request_is_refused(client_of, joined):
    mine, theirs = client_of(), client_of()
    first, second = begin(mine), begin(theirs)
    post(client_of(), idp.answer(second), second["relay"], browser=mine)
    assert not is_signed_in(mine)
    post(client_of(), idp.answer(first), second["relay"], browser=theirs)
    assert not is_signed_in(theirs), "the answer names the first request"


def test_an_answer_is_good_once(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    answer = idp.answer(to)
    post(client, answer, to["relay"])
    assert is_signed_in(client)
    other = client_of()
    again = begin(other)
    post(other, answer, again["relay"])
    assert refused(caplog) == "replay"
    assert not is_signed_in(other)


def test_a_link_is_good_once_and_no_products(client_of, joined, provider):
    client = client_of()
    to = begin(client)
    location = client_of().post(ACS, {"SAMLResponse": idp.answer(to), "RelayState": to["relay"]}).headers["Location"]
    ticket = location.partition("ticket=")[2].partition("&")[0]
    product = client_of()
    product.get(f"/signin/jwt/?ticket={ticket}")
    assert not is_signed_in(product)
    client.get(location)
    assert is_signed_in(client)
    assert not is_signed_in_after(client_of(), location)


def is_signed_in_after(client, location: str) -> bool:
    client.get(location)
    return is_signed_in(client)


def test_what_nobody_asked_for_is_refused_unless_the_owner_allows_it(client_of, joined, provider, caplog):
    client = client_of()
    unasked = {"id": "", "acs": begin(client_of())["acs"], "issuer": begin(client_of())["issuer"]}
    post(client, idp.answer(unasked))
    assert refused(caplog) == "unasked"
    Provider.objects.update(allows_unasked=True)
    post(client, idp.answer(unasked))
    assert is_signed_in(client)


def test_sent_unasked_nobody_is_swapped(client_of, joined, provider, ben):
    Provider.objects.update(allows_unasked=True)
    to = begin(client_of())
    client = client_of(ben)
    post(client, idp.answer({**to, "id": ""}))
    assert SignIn.objects.filter(member=joined.member).count() == 0


# Signatures and XML


def test_another_key_signs_nothing(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    post(client, idp.answer(to, by=idp.STRANGER), to["relay"])
    assert refused(caplog) == "signature"


@pytest.mark.parametrize("change", ["subject", "attribute"])
def test_what_was_changed_after_signing_is_refused(client_of, joined, caplog, change):
    client = client_of()
    to = begin(client)
    text = idp.text_of(idp.signed(idp.assertion(to, subject="mallory")))
    changed = text.replace(">mallory<", ">u-1<") if change == "subject" else text.replace("hana@", "chie@")
    assert changed != text
    post(client, idp.response(changed, to), to["relay"])
    assert refused(caplog) == "signature"
    assert not is_signed_in(client)


def test_without_a_signature_nothing_is_believed(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    post(client, idp.response(idp.assertion(to), to), to["relay"])
    assert refused(caplog) == "unsigned"


def wrapped(to: dict, how: str) -> str:
    """Return an answer in which a signed assertion of somebody else stands beside or around a forged one."""
    honest = idp.signed(idp.assertion(to, subject="mallory", id="_good"))
    good = idp.text_of(honest)
    signature = idp.text_of(honest.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    forged = idp.assertion(to, subject="u-1", id="_evil")
    bare = good.replace(signature, "")
    into = lambda text, more: text.replace("</saml:Issuer>", f"</saml:Issuer>{more}", 1)  # noqa: E731
    in_object = signature.replace("</ds:Signature>", f"<ds:Object>{bare}</ds:Object></ds:Signature>")
    shapes = {
        "before": forged + good,
        "after": good + forged,
        "in_extensions": f"<samlp:Extensions>{good}</samlp:Extensions>{forged}",
        "signature_moved": into(forged, signature) + bare,
        "signature_moved_inside": into(forged, signature).replace("</saml:Assertion>", f"{bare}</saml:Assertion>"),
        "original_in_object": into(forged, in_object),
        "same_id": forged.replace("_evil", "_good") + good,
        "same_id_inside": into(forged.replace("_evil", "_good"), signature).replace(
            "</saml:Assertion>", f"{bare}</saml:Assertion>"
        ),
        "evil_around": forged.replace("</saml:Assertion>", f"{good}</saml:Assertion>"),
        "evil_in_attribute": good.replace("<saml:AttributeValue>", f"<saml:AttributeValue>{forged}", 1),
        "reference_empty": into(forged, signature.replace('URI="#_good"', 'URI=""')),
        "reference_response": into(forged, signature.replace('URI="#_good"', 'URI="#_response"')),
    }
    return shapes[how]


@pytest.mark.parametrize(
    "how",
    ["before", "after", "in_extensions", "signature_moved", "signature_moved_inside", "original_in_object", "same_id",
     "same_id_inside", "evil_around", "evil_in_attribute", "reference_empty", "reference_response"],
)  # fmt: skip
def test_wrapped_signatures_are_refused(client_of, joined, caplog, how):
    client = client_of()
    to = begin(client)
    inner = wrapped(to, how)
    post(client, idp.response(inner, to, ID="_response"), to["relay"])
    assert refused(caplog) in {"assertions", "id twice", "reference", "signature", "unsigned"}
    assert not is_signed_in(client)


def test_a_comment_does_not_cut_a_name(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    text = idp.text_of(idp.signed(idp.assertion(to, subject="u-1.evil.example")))
    post(client, idp.response(text.replace("u-1.evil", "u-1<!---->.evil"), to), to["relay"])
    assert refused(caplog) == "comment"
    text = idp.text_of(idp.signed(idp.assertion(to, subject="u-1.evil.example")))
    post(client, idp.response(text.replace("u-1.evil", "u-1<?x?>.evil"), to), to["relay"])
    assert not is_signed_in(client)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!DOCTYPE x>",
        BOMB,
    ],
)
def test_document_types_and_entities_are_refused(client_of, joined, caplog, before):
    client = client_of()
    to = begin(client)
    post(client, idp.response(idp.text_of(idp.signed(idp.assertion(to))), to, before=before), to["relay"])
    assert refused(caplog) in {"doctype", "form"}
    assert not is_signed_in(client)


def test_an_entity_in_a_name_is_never_read(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    before = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    text = idp.text_of(idp.signed(idp.assertion(to))).replace(">u-1<", ">&f;<")
    post(client, idp.response(text, to, before=before), to["relay"])
    assert refused(caplog) == "doctype"


NO_XML = [b"<a/>", b"<" * 1000, b"<a>" * 100_000, "<a/>".encode("utf-16"), b"\x00\xff"]


@pytest.mark.parametrize(
    "text", ["", "no base64 §", "AAAA", "=" * 50, *(base64.b64encode(raw).decode() for raw in NO_XML)]
)
def test_what_is_no_answer_is_refused_plainly(client_of, joined, text):
    response = client_of(None, raise_request_exception=False).post(
        ACS, {"SAMLResponse": text, "RelayState": "x" * 5000}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == "/signin/"


def test_weak_digests_are_refused(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    text = idp.text_of(idp.signed(idp.assertion(to)))
    weak = text.replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1")
    assert weak != text
    post(client, idp.response(weak, to), to["relay"])
    assert refused(caplog) == "signature"


def test_a_refusal_of_the_provider_is_said(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    post(client, idp.response("", to, status="Responder"), to["relay"])
    assert refused(caplog) == "status"


def test_an_answer_for_another_address_is_refused(client_of, joined, caplog):
    client = client_of()
    to = begin(client)
    text = idp.text_of(idp.signed(idp.assertion(to)))
    post(client, idp.response(text, to, Destination="https://another.example/"), to["relay"])
    assert refused(caplog) == "destination"


# Certificates


def test_certificates_change_without_a_gap(client_of, joined, provider, owner):
    fields = {**FIELDS, "issuer": idp.ISSUER, "client_id": "", "scopes": "openid"}

    def paste(*pairs):
        read = described.read(idp.metadata(*pairs))
        actions.change_provider(
            viewer=owner, provider=provider, fields=fields, secret="", described=read, now=timezone.now()
        )

    def comes_in(by) -> bool:
        client = client_of()
        to = begin(client)
        post(client, idp.answer(to, by=by), to["relay"])
        return is_signed_in(client)

    paste(idp.FIRST, idp.SECOND)
    assert comes_in(idp.FIRST)
    assert comes_in(idp.SECOND)
    paste(idp.SECOND)
    assert not comes_in(idp.FIRST)
    assert comes_in(idp.SECOND)


def test_a_certificate_past_its_day_still_counts_and_owners_read_of_it(client_of, provider, owner, joined, aoi):
    old = idp.pair(days=-2)
    fields = {**FIELDS, "issuer": idp.ISSUER, "client_id": "", "scopes": "openid"}
    read = described.read(idp.metadata(old))
    actions.change_provider(
        viewer=owner, provider=provider, fields=fields, secret="", described=read, now=timezone.now()
    )
    client = client_of()
    to = begin(client)
    post(client, idp.answer(to, by=old), to["relay"])
    assert is_signed_in(client)
    assert "期限" in client_of(aoi).get(f"/studio/sign-in/{provider.pk}/").content.decode()


# Studio


def test_an_owner_pastes_metadata(client_of, aoi):
    client = client_of(aoi)
    assert "SAML" in client.get("/studio/sign-in/").content.decode()
    sent = {"slug": "corp", "label_ja": "社員", "described": idp.metadata(), "joining": "community", "domains": ""}
    response = client.post("/studio/sign-in/new/saml/", sent)
    row = Provider.objects.get()
    assert response.status_code == 302
    assert (row.kind, row.issuer, row.metadata, row.allows_unasked) == (
        "saml",
        idp.ISSUER,
        {"sign_in_url": idp.SSO},
        False,
    )
    page = client.get(f"/studio/sign-in/{row.pk}/").content.decode()
    assert "/signin/company/corp/acs/" in page
    assert client.post(f"/studio/sign-in/{row.pk}/switch/", {"is_on": "1"}).status_code == 302
    changed = {"label_ja": "社員2", "described": "", "joining": "community", "domains": "", "allows_unasked": "on"}
    assert client.post(f"/studio/sign-in/{row.pk}/", changed).status_code == 302
    row.refresh_from_db()
    assert (row.label["ja"], row.issuer, row.allows_unasked, row.is_on) == ("社員2", idp.ISSUER, True, True)
    assert row.metadata == {"sign_in_url": idp.SSO}


def test_we_say_of_ourselves_what_a_provider_needs(client_of, provider):
    response = client_of().get("/signin/company/example/metadata/")
    assert response.headers["Content-Type"] == "application/samlmetadata+xml"
    to = begin(client_of())
    text = response.content.decode()
    assert f'entityID="{to["issuer"]}"' in text
    assert f'Location="{to["acs"]}"' in text
    assert 'WantAssertionsSigned="true"' in text
    assert client_of().get("/signin/company/nobody/metadata/").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["", "no xml", "<a/>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "X" * 10],
)
def test_metadata_that_is_none_is_refused_at_its_field(client_of, aoi, text):
    sent = {"slug": "corp", "label_ja": "社員", "described": text, "joining": "community", "domains": ""}
    response = client_of(aoi).post("/studio/sign-in/new/saml/", sent)
    assert response.status_code == 422
    assert not Provider.objects.exists()


@pytest.mark.parametrize("fault", ["weak", "plain_http", "encryption_only", "javascript"])
def test_metadata_with_a_fault_is_refused(client_of, aoi, fault):
    texts = {
        "weak": lambda: idp.metadata(idp.pair(bits=1024)), "plain_http": lambda: idp.metadata(sso="http://idp.example.com/sso"),
        "encryption_only": lambda: idp.metadata(use=' use="encryption"'), "javascript": lambda: idp.metadata(sso="javascript:alert(1)"),
    }  # fmt: skip
    sent = {"slug": "corp", "label_ja": "社員", "described": texts[fault](), "joining": "community", "domains": ""}
    assert client_of(aoi).post("/studio/sign-in/new/saml/", sent).status_code == 422


def test_another_provider_takes_nobody_over(client_of, aoi, provider, joined):
    sent = {
        "label_ja": "x",
        "described": idp.metadata(entity_id="https://other.example/"),
        "joining": "community",
        "domains": "",
    }
    assert client_of(aoi).post(f"/studio/sign-in/{provider.pk}/", sent).status_code == 422
    provider.refresh_from_db()
    assert provider.issuer == idp.ISSUER


def test_a_member_joins_the_account_on_their_own_page(client_of, provider, chie):
    client = client_of(chie)
    page = client.get("/account/company/").content.decode()
    assert "/account/company/join/example/" in page
