"""Addresses and the mail that came in, for programs."""

import pytest

from kizuna.core.inbound.tests.mails import plain
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox.models import SupportAddress

pytestmark = pytest.mark.django_db
NEW = {
    "address": "help@sakura.test",
    "name": "窓口",
    "acknowledges": True,
    "acknowledgement": {"ja": "番号は{{number}}です。", "fr": "x"},
}


@pytest.fixture
def owner(api, aoi):
    call = api(aoi)

    def ask(method, path, sent=None):
        got = call(method, path, sent) if sent is not None else call(method, path)
        return got.status_code, got.json() if got.content else {}

    return ask


def test_addresses_are_added_read_and_changed(owner):
    status, made = owner("POST", "/support-addresses", NEW)
    assert (status, made["acknowledgement"]) == (201, {"ja": "番号は{{number}}です。"})
    one = f"/support-addresses/{made['id']}"
    assert owner("GET", one)[1]["name"] == "窓口"
    status, changed = owner("PATCH", one, {"is_active": False})
    assert (status, changed["is_active"], changed["acknowledges"], changed["address"]) == (
        200,
        False,
        True,
        "help@sakura.test",
    )
    assert [row["id"] for row in owner("GET", "/support-addresses?count=true")[1]["items"]] == [made["id"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"address": "no address"}, "address"), ({"address": "a+b@sakura.test"}, "address"), ({"name": " "}, "name"),
     ({"acknowledgement": {"ja": "{{secret}}"}}, "acknowledgement_ja"), ({"acknowledgement": "x"}, "acknowledgement"),
     ({"address": "x" * 300 + "@sakura.test"}, "address"), ({"has_tags": "maybe"}, "has_tags"), ({"name": "x" * 81}, "name")],
)  # fmt: skip
def test_bad_addresses_are_refused_at_their_field(owner, change, field):
    status, said = owner("POST", "/support-addresses", {**NEW, **change})
    assert status == 422
    assert field in str(said)
    assert not SupportAddress.objects.exists()


def test_two_of_one_address_are_refused(owner, support):
    assert owner("POST", "/support-addresses", {**NEW, "address": "SUPPORT@sakura.test"})[0] == 422


def test_mail_that_was_set_aside_is_listed_and_taken(owner, arrive):
    arrive(plain("不在です。", Auto_Submitted="auto-replied"))
    arrive(plain("教えてください。", Message_ID="<two@customer.example>"))
    status, listed = owner("GET", "/inbound-mails?state=aside")
    assert status == 200
    [row] = listed["items"]
    assert (row["state"], row["from_address"], row["is_proven"]) == ("aside", "taro@customer.example", False)
    assert row["why"]
    assert "不在です" not in str(row)
    assert len(owner("GET", "/inbound-mails?limit=1")[1]["items"]) == 1
    assert owner("GET", "/inbound-mails?state=nonsense")[0] == 422
    status, taken = owner("POST", f"/inbound-mails/{row['id']}/taking")
    assert (status, taken["state"], taken["target_type"]) == (200, "taken", "inquiry")
    assert Inquiry.objects.count() == 2
    assert owner("POST", f"/inbound-mails/{row['id']}/taking")[0] in (403, 409, 422)
    assert owner("GET", "/inbound-mails/987654")[0] == 404


def test_success_managers_read_no_mail_and_set_up_no_address(api, emi, support, arrive):
    arrive()
    call = api(emi)
    assert call("GET", "/inbound-mails").status_code == 403
    assert call("GET", "/support-addresses").status_code == 403
    assert call("GET", "/reply-templates").status_code == 200
