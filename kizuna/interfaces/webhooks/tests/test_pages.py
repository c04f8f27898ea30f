"""Studio's pages, the API, and addresses that lead inside."""

import json
import socket

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.outbound import client as outbound
from kizuna.core.audit import actions as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.members import actions as members
from kizuna.core.members.policies import Refused
from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint
from tests.cast import make_member

pytestmark = pytest.mark.django_db
INSIDE = [
    "http://hooks.example.com/", "https://127.0.0.1:8443/", "https://user:pw@example.com/", "ftp://example.com/", "https:///x",
    "javascript:alert(1)", "https://example.com/#part", "", "https://例え.jp/", "https://a" + "b" * 500 + ".example.com/",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_addresses_of_another_form_are_refused_when_they_are_given(aoi, viewer_of, url, settings):
    settings.KIZUNA_OUTBOUND_ALLOWED = frozenset()
    with pytest.raises(Refused) as refused:
        actions.make_endpoint(viewer=viewer_of(aoi), url=url, now=timezone.now())
    assert refused.value.field == "url"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "64:ff9b::7f00:1"])
def test_names_that_lead_inside_see_no_connection(aoi, viewer_of, settings, monkeypatch, address, work):
    settings.KIZUNA_OUTBOUND_ALLOWED = frozenset()
    made, _secret = actions.make_endpoint(viewer=viewer_of(aoi), url="https://hooks.example.com/", now=timezone.now())
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(outbound.httpcore.SyncBackend, "connect_tcp", lambda *args, **kwargs: pytest.fail("connected"))
    actions.send_test(viewer=viewer_of(aoi), endpoint=made, now=timezone.now())
    work()
    assert list(Attempt.objects.values_list("error", "status")) == [("address", None)]


def test_from_nothing_to_a_message_that_arrived(aoi, client_of, receiver, work):
    client = client_of(aoi)
    assert "まだ送信先がありません" in client.get("/studio/webhooks/").content.decode()
    page = client.get("/studio/webhooks/new/").content.decode()
    assert "トピックが投稿された" in page
    sent = {"url": receiver.url, "description": "<b>基幹</b>", "verbs": ["topic.posted"]}
    made = client.post("/studio/webhooks/new/", sent)
    assert "whsec_" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    row = Endpoint.objects.get()
    place = f"/studio/webhooks/{row.pk}/"
    for path in ("/studio/webhooks/", place, f"{place}edit/", f"{place}removal/"):
        said = client.get(path).content.decode()
        assert "whsec_" not in said
        assert "<b>基幹" not in said
    response = client.post(f"{place}test/")
    work()
    said = client.get(response["Location"]).content.decode()
    assert "到達" in said
    assert "kizuna.test" in said
    assert "到達" in client.get(f"{place}?state=done").content.decode()
    assert "この状態のものはありません" in client.get(f"{place}?state=failed").content.decode()


def test_a_refused_address_is_shown_at_its_field(aoi, client_of):
    response = client_of(aoi).post("/studio/webhooks/new/", {"url": "http://10.0.0.1/", "description": "基幹"})
    assert response.status_code == 422
    assert "https:// で始まる" in response.content.decode()
    assert not Endpoint.objects.exists()


def test_every_act_of_studio_is_in_the_audit_log(aoi, client_of, endpoint, receiver):
    client, place = client_of(aoi), f"/studio/webhooks/{endpoint.pk}/"
    delivery = Delivery.objects.create(
        endpoint=endpoint, event="msg_x", verb="kizuna.test", body="{}", state="failed", next_at=timezone.now(),
        created_at=timezone.now(), done_at=timezone.now(),
    )  # fmt: skip
    client.post(f"{place}resending/", {"hours": "24"})
    Delivery.objects.update(state="failed", done_at=timezone.now())
    client.post(f"/studio/webhooks/deliveries/{delivery.pk}/resending/")
    assert "whsec_" in client.post(f"{place}secret/").content.decode()
    client.post(f"{place}state/", {"do": "pause"})
    client.post(f"{place}state/", {"do": "resume"})
    client.post(f"{place}edit/", {"url": receiver.url, "description": "新"})
    client.post(f"{place}removal/")
    audit.seal()
    noted = list(
        AuditEntry.objects.filter(action__startswith="webhook.").order_by("number").values_list("action", flat=True)
    )
    assert noted == [
        "webhook.made", "webhook.resent", "webhook.resent", "webhook.rotated", "webhook.paused", "webhook.resumed",
        "webhook.changed", "webhook.removed",
    ]  # fmt: skip
    assert not Endpoint.objects.exists()


def test_what_a_receiver_answers_is_shown_as_text(aoi, client_of, endpoint, receiver, viewer_of, work):
    receiver.answer(500, body=b"<script>alert(1)</script>\xff\x00\x1b[31m")
    made = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    work()
    said = client_of(aoi).get(f"/studio/webhooks/deliveries/{made.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)" in said
    assert "<script>alert" not in said


def test_the_log_goes_on_page_by_page(aoi, client_of, endpoint):
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, event=f"msg_{n}", verb="x", state="done", next_at=now, created_at=now, done_at=now)
        for n in range(120)
    )
    client, place, seen = client_of(aoi), f"/studio/webhooks/{endpoint.pk}/", set()
    url = place
    while url:
        response = client.get(url)
        seen |= {line["row"].pk for line in response.context["lines"]}
        url = place + response.context["next_url"] if response.context["next_url"] else ""
    assert len(seen) == 120


def test_pages_cost_the_same_however_much_there_is(aoi, client_of, endpoint, django_assert_max_num_queries):
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, event=f"msg_{n}", verb="x", state="done", next_at=now, created_at=now, done_at=now)
        for n in range(60)
    )
    client = client_of(aoi)
    for path in ("/studio/webhooks/", f"/studio/webhooks/{endpoint.pk}/"):
        client.get(path)
        with django_assert_max_num_queries(14):
            assert client.get(path).status_code == 200


def test_an_admin_from_whom_it_is_hidden_does_not_read_it_in_the_log(aoi, emi, viewer_of, client_of, endpoint, work):
    from django.db import transaction

    from kizuna.core.activity.actions import record
    from kizuna.core.community import actions as community
    from kizuna.success.customers.actions import create_account
    from kizuna.success.customers.activities import SUCCESS_DEFINED
    from kizuna.success.customers.seeing import HIDDEN

    community.change_setting(HIDDEN, value={"admin": ["judgement"]}, member_id=aoi.pk)
    account = create_account(viewer=viewer_of(emi), fields={"name": "箱屋"}, now=timezone.now())
    with transaction.atomic():
        record(
            SUCCESS_DEFINED, actor_id=emi.pk, object_type="account", object_id=account.pk, props={"account": account.pk}
        )
    work()
    row = Delivery.objects.get(verb="success.defined")
    assert row.state == "done"
    place = f"/studio/webhooks/deliveries/{row.pk}/"
    gen = make_member("gen", "admin")
    assert row.event in client_of(gen).get(place).content.decode()
    assert "&quot;object&quot;" not in client_of(gen).get(place).content.decode()
    assert "&quot;object&quot;" in client_of(aoi).get(place).content.decode()


def ask(secret: str, method: str, path: str, sent: dict | None = None):
    headers = {"Authorization": f"Bearer {secret}"}
    body = json.dumps(sent or {})
    return Client().generic(method, f"/api/v1{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def token(aoi):
    return members.make_token(viewer=members.system_viewer(), member=aoi, scopes=(), now=timezone.now())[1]


def test_the_api_does_what_studio_does(token, receiver, work):
    made = ask(token, "POST", "/webhook-endpoints", {"url": receiver.url, "verbs": ["topic.posted"]})
    assert made.status_code == 201
    place = f"/webhook-endpoints/{made.json()['id']}"
    assert made.json()["secret"].startswith("whsec_")
    assert "secret" not in ask(token, "GET", place).json()
    assert "whsec_" not in ask(token, "GET", "/webhook-endpoints").content.decode()
    assert ask(token, "POST", f"{place}/secret").json()["secret"] != made.json()["secret"]
    assert ask(token, "PATCH", place, {"state": "paused"}).json()["why"] == "person"
    assert ask(token, "POST", f"{place}/test").status_code == 403
    assert ask(token, "PATCH", place, {"state": "active", "description": "基幹"}).json()["state"] == "active"
    sent = ask(token, "POST", f"{place}/test")
    work()
    read = ask(token, "GET", f"/webhook-deliveries/{sent.json()['id']}").json()
    assert (read["state"], read["tries"][0]["status"], json.loads(read["body"])["type"]) == ("done", 204, "kizuna.test")
    assert ask(token, "POST", f"/webhook-deliveries/{sent.json()['id']}/resending").status_code == 202
    assert [item["state"] for item in ask(token, "GET", "/webhook-deliveries?state=waiting").json()["items"]] == [
        "waiting"
    ]
    assert ask(token, "DELETE", place).status_code == 204
    assert ask(token, "GET", place).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"url": "http://10.0.0.1/"}, {"url": "https://a.example/", "verbs": ["no.such"]}, {"url": 5}, {"url": None},
        {"url": "https://a.example/", "verbs": "topic.posted"}, {"url": "https://a.example/" + "x" * 600},
        {"url": "https://a.example/", "description": "x" * 201},
    ],
)  # fmt: skip
def test_bad_input_of_programs_is_refused(token, sent):
    assert ask(token, "POST", "/webhook-endpoints", sent).status_code in (403, 422)
    assert not Endpoint.objects.exists()


def test_fields_that_nobody_may_set_are_not_set(token, endpoint, emi):
    more = {"made_by": emi.handle, "made_by_id": emi.pk, "sealed_secret": "x", "held_by": "x", "description": "新"}
    ask(token, "PATCH", f"/webhook-endpoints/{endpoint.pk}", more)
    row = Endpoint.objects.get()
    assert (row.description, row.made_by_id, row.held_by) == ("新", endpoint.made_by_id, "")
    assert row.sealed_secret == endpoint.sealed_secret


def test_there_are_only_so_many_endpoints(aoi, viewer_of):
    for number in range(20):
        actions.make_endpoint(viewer=viewer_of(aoi), url=f"https://a.example/{number}", now=timezone.now())
    with pytest.raises(Refused):
        actions.make_endpoint(viewer=viewer_of(aoi), url="https://a.example/more", now=timezone.now())
