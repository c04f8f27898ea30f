"""Every operation of the API × every kind of token, made from its own description, which must be the truth."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.core.inbound.models import InboundMail
from kizuna.core.members import actions as members
from kizuna.core.members.models import Invitation, InvitationBatch
from kizuna.core.members.viewer import MEMBERS as FOR_MEMBERS
from kizuna.interfaces.api.urls import VERSION_1
from kizuna.success.answering.models import Macro
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox.models import ReplyTemplate, SupportAddress
from tests.test_routes import code_of

pytestmark = pytest.mark.django_db

# no token, suspended, member, moderator, owner, owner's for reading, owner's for usage only
TOKENS = ("none", "zen", "chie", "ben", "aoi", "read", "usage")
OPERATIONS = {
    "GET /search": "ssooo" "o3",
    "GET /spaces": "ssooo" "o3",
    "GET /topics": "ssooo" "o3",
    "POST /topics": "ssooo" "33",
    "GET /topics/{topic_id}": "ssooo" "o3",
    "GET /topics/{topic_id}/posts": "ssooo" "o3",
    "POST /topics/{topic_id}/posts": "ssooo" "33",
    "PUT /topics/{topic_id}/audience": "ss3oo" "33",
    "POST /topics/{topic_id}/accepted-answer": "ssooo" "33",
    "DELETE /topics/{topic_id}/accepted-answer": "ssooo" "33",
    "GET /members": "ssooo" "o3",
    "GET /members/{handle}": "ssooo" "o3",
    "GET /accounts": "ss44o" "43",
    "GET /account-views": "ss44o" "43",
    "POST /accounts": "ss44o" "33",
    "GET /accounts/{account_id}": "ss44o" "43",
    "PATCH /accounts/{account_id}": "ss44o" "33",
    "GET /accounts/{account_id}/past": "ss44o" "43",
    "GET /accounts/{account_id}/steps": "ss44o" "43",
    "POST /accounts/{account_id}/steps/{key}/delay": "ss44o" "33",
    "DELETE /accounts/{account_id}/steps/{key}/delay": "ss44o" "33",
    "GET /contacts": "ss44o" "43",
    "POST /contacts": "ss44o" "33",
    "GET /contacts/{contact_id}": "ss44o" "43",
    "PATCH /contacts/{contact_id}": "ss44o" "33",
    "GET /contracts": "ss44o" "43",
    "POST /contracts": "ss44o" "33",
    "GET /contracts/{contract_id}": "ss44o" "43",
    "PATCH /contracts/{contract_id}": "ss44o" "33",
    "GET /purchases": "ss44o" "43",
    "POST /purchases": "ss44o" "33",
    "GET /purchases/{purchase_id}": "ss44o" "43",
    "GET /cancellations": "ss44o" "43",
    "POST /cancellations": "ss44o" "33",
    "GET /cancellations/{cancellation_id}": "ss44o" "43",
    "PATCH /cancellations/{cancellation_id}": "ss44o" "33",
    "GET /notes": "ss44o" "43",
    "POST /notes": "ss44o" "33",
    "GET /notes/{note_id}": "ss44o" "43",
    "PATCH /notes/{note_id}": "ss443" "33",
    "GET /calls": "ss44o" "43",
    "POST /calls": "ss44o" "33",
    "GET /calls/{call_id}": "ss44o" "43",
    "PUT /calls/{call_id}": "ss44o" "33",
    "DELETE /calls/{call_id}": "ss44o" "33",
    "GET /service": "ss44o" "43",
    "GET /service/inquiries": "ss44o" "43",
    "GET /encounters": "ss44o" "43",
    "POST /encounters": "ss44o" "33",
    "GET /encounters/{encounter_id}": "ss44o" "43",
    "GET /tasks": "ss44o" "43",
    "POST /tasks": "ss44o" "33",
    "GET /tasks/{task_id}": "ss44o" "43",
    "PATCH /tasks/{task_id}": "ss44o" "33",
    "POST /tasks/{task_id}/handover": "ss443" "33",
    "DELETE /tasks/{task_id}/handover": "ss44o" "33",
    "POST /tasks/{task_id}/answer": "ss44o" "33",
    "GET /testimonials": "ssooo" "o3",
    "GET /effort": "ss4oo" "43",
    "POST /effort": "ss4oo" "33",
    "GET /effort/{effort_id}": "ss44o" "43",
    "PATCH /effort/{effort_id}": "ss44o" "33",
    "DELETE /effort/{effort_id}": "ss44o" "33",
    "GET /inquiries": "ss44o" "43",
    "POST /inquiries": "ss44o" "33",
    "GET /inquiries/{inquiry_id}": "ss44o" "43",
    "PATCH /inquiries/{inquiry_id}": "ss44o" "33",
    "GET /inquiries/{inquiry_id}/messages": "ss44o" "43",
    "POST /inquiries/{inquiry_id}/messages": "ss44o" "33",
    "POST /inquiries/{inquiry_id}/replies": "ss443" "33",
    "DELETE /inquiries/{inquiry_id}/replies/{message_id}": "ss444" "33",
    "POST /inquiries/{inquiry_id}/notes": "ss44o" "33",
    "PUT /inquiries/{inquiry_id}/closure": "ss44o" "33",
    "DELETE /inquiries/{inquiry_id}/closure": "ss443" "33",
    "PUT /inquiries/{inquiry_id}/snooze": "ss44o" "33",
    "DELETE /inquiries/{inquiry_id}/snooze": "ss44o" "33",
    "POST /inquiries/{inquiry_id}/handover": "ss44o" "33",
    "DELETE /inquiries/{inquiry_id}/handover": "ss443" "33",
    "POST /inquiries/{inquiry_id}/handover/answer": "ss443" "33",
    "GET /support-addresses": "ss33o" "33",
    "POST /support-addresses": "ss33o" "33",
    "GET /support-addresses/{address_id}": "ss33o" "33",
    "PATCH /support-addresses/{address_id}": "ss33o" "33",
    "GET /reply-templates": "ss44o" "43",
    "POST /reply-templates": "ss44o" "33",
    "GET /reply-templates/{template_id}": "ss44o" "43",
    "PATCH /reply-templates/{template_id}": "ss44o" "33",
    "DELETE /reply-templates/{template_id}": "ss44o" "33",
    "GET /inbound-mails": "ss33o" "33",
    "GET /inbound-mails/{mail_id}": "ss33o" "33",
    "POST /inbound-mails/{mail_id}/taking": "ss333" "33",
    "GET /inquiries/{inquiry_id}/similar": "ss44o" "43",
    "DELETE /inquiries/{inquiry_id}/similar/{other_id}": "ss444" "33",
    "GET /inquiries/{inquiry_id}/clues": "ss44o" "43",
    "POST /inquiries/{inquiry_id}/answer-batches": "ss44o" "33",
    "GET /answer-batches/{batch_id}": "ss444" "43",
    "DELETE /answer-batches/{batch_id}": "ss444" "33",
    "GET /surveys": "ss44o" "43",
    "POST /surveys": "ss44o" "33",
    "GET /surveys/{survey_id}": "ss44o" "43",
    "GET /surveys/{survey_id}/responses": "ss44o" "43",
    "POST /surveys/{survey_id}/responses": "ss44o" "33",
    "GET /surveys/{survey_id}/responses/{response_id}": "ss44o" "43",
    "PATCH /surveys/{survey_id}/responses/{response_id}": "ss44o" "33",
    "GET /imports": "ss44o" "43",
    "GET /imports/{import_id}": "ss44o" "43",
    "PATCH /members/{handle}/attributes": "ssooo" "33",
    "GET /audit": "ss44o" "43",
    "GET /invitations": "ss44o" "43",
    "POST /invitations": "ss44o" "33",
    "POST /invitations/{invitation_id}/mail": "ss44o" "33",
    "DELETE /invitations/{invitation_id}": "ss44o" "33",
    "POST /invitation-batches": "ss44o" "33",
    "GET /invitation-batches/{batch_id}": "ss44o" "43",
    "GET /webhook-endpoints": "ss44o" "43",
    "POST /webhook-endpoints": "ss44o" "33",
    "GET /webhook-endpoints/{endpoint_id}": "ss44o" "43",
    "PATCH /webhook-endpoints/{endpoint_id}": "ss44o" "33",
    "DELETE /webhook-endpoints/{endpoint_id}": "ss44o" "33",
    "POST /webhook-endpoints/{endpoint_id}/secret": "ss44o" "33",
    "POST /webhook-endpoints/{endpoint_id}/test": "ss443" "33",
    "GET /webhook-deliveries": "ss44o" "43",
    "GET /webhook-deliveries/{delivery_id}": "ss44o" "43",
    "POST /webhook-deliveries/{delivery_id}/resending": "ss443" "33",
}  # fmt: skip


@pytest.fixture
def ask(world):
    """Return a function that sends one operation with one token."""
    now, secrets = timezone.now(), {"none": ""}
    zen = world.members["zen"]
    for name in ("chie", "ben", "aoi", "fumi"):
        secrets[name] = _token(world.members[name], (), now)
    secrets |= {name: _token(world.members["aoi"], scopes, now) for name, scopes in _SCOPED.items()}
    type(zen).objects.filter(pk=zen.pk).update(state="active")
    zen.refresh_from_db()
    secrets["zen"] = _token(zen, (), now)
    type(zen).objects.filter(pk=zen.pk).update(state="suspended")

    def send(token: str, operation: str, *, sent: dict | None = None, **given):
        method, path = operation.split(" ")
        path = path.format(**{**_given(world), **given})
        headers = {"Authorization": f"Bearer {secrets[token]}"} if secrets[token] else {}
        body = json.dumps(_body(world, operation) if sent is None else sent)
        client = Client(raise_request_exception=False)
        if method == "GET":
            asked = {"q": "箱"} if path == "/search" else {"on": "2026-11-01"} if path.endswith("/past") else {}
            return client.get(f"/api/v1{path}", asked, headers=headers)
        return client.generic(method, f"/api/v1{path}", body, content_type="application/json", headers=headers)

    return send


_SCOPED = {"read": ("read",), "usage": ("usage:write",)}


def _token(member, scopes, now) -> str:
    return members.make_token(viewer=members.system_viewer(), member=member, scopes=scopes, now=now)[1]


def _given(world) -> dict[str, object]:
    names = (
        "account", "contact", "contract", "purchase", "cancellation", "note", "task", "effort", "encounter", "inquiry", "survey",
        "response", "endpoint", "delivery", "call",
    )  # fmt: skip
    customers = {f"{name}_id": world.customers[name].pk for name in names}
    customers["import_id"] = world.customers["run"].pk
    customers["invitation_id"], customers["batch_id"] = _invited(world)
    customers |= _of_mail(world)
    customers["other_id"] = 999_999
    return {"topic_id": world.topics["open"].pk, "handle": "gen", "key": "owner", "message_id": 1, **customers}


def _invited(world) -> tuple[int, int]:
    """Return an open invitation and a batch, made when they are asked for first."""
    now, viewer = timezone.now(), world.viewer("aoi")
    batch = InvitationBatch.objects.first() or members.start_batch_of_rows(
        viewer=viewer, rows=[{"email": "box@example.com"}], role="", name="API", now=now
    )
    open_one = Invitation.objects.filter(accepted_at=None, cancelled_at=None).first()
    found = open_one or members.invite(viewer=viewer, email="route@example.com", now=now)
    return found.pk, batch.pk


def _of_mail(world) -> dict[str, int]:
    """Return a support address, a template and a mail that was taken, made when they are asked for first."""
    now, viewer = timezone.now(), world.viewer("aoi")
    address = SupportAddress.objects.filter(name="箱").first() or mailbox.save_address(
        viewer=viewer,
        support=None,
        address="box@example.com",
        name="箱",
        category="",
        has_tags=False,
        is_active=True,
        now=now,
    )
    everybodys = ReplyTemplate.objects.filter(is_archived=False).exclude(
        pk__in=Macro.objects.exclude(member=None).values("template")
    )
    template = everybodys.first() or mailbox.save_template(viewer=viewer, template=None, name="箱", body="箱", now=now)
    mail = InboundMail.objects.filter(raw_key="").first() or InboundMail.objects.create(
        door="lmtp", recipient="box@example.com", message_key="box", content_hash="0" * 64, raw_key="", size_bytes=1,
        state="taken", received_at=now,
    )  # fmt: skip
    return {"address_id": address.pk, "template_id": template.pk, "mail_id": mail.pk}


def _body(world, operation: str) -> dict:
    account = {"account_id": world.customers["account"].pk}
    line = {"product": "箱", "unit_price": 100}
    is_new = operation.startswith("POST")
    if operation == "POST /topics":
        return {"space": "qa", "title": "箱", "body": "箱"}
    # The first that is part of the operation.
    bodies = {
        "/delay": {},
        "/webhook-endpoints": {"url": "https://hooks.example.com/two"},
        "/invitation-batches": {"invitations": [{"email": "box@example.com"}]},
        "/support-addresses": {"address": "two@example.com", "name": "箱"} if is_new else {"category": "箱"},
        "/reply-templates": {"name": "二つ目", "body": "箱"} if is_new else {"body": "箱"},
        "/inbound-mails": {},
        "/mail": {},
        "/invitations": {"email": "new@example.com"},
        "/accounts": {"name": "箱", **account},
        "/contacts": {"name": "箱", **account},
        "/contracts": {**account, "starts_on": "2026-11-01", "lines": [line]} if is_new else {"title": "箱"},
        "/purchases": {"product": "箱", "purchased_on": "2026-11-01", **account},
        "/cancellations": {"cancelled_on": "2026-11-01", **account} if is_new else {"reason": "箱"},
        "/closure": {"because": "phone"},
        "/snooze": {"until": (timezone.now() + timedelta(days=1)).isoformat()},
        "/answer-batches": {"common": "箱", "key": "箱", "items": [{"inquiry_id": world.customers["inquiry"].pk}]},
        "/inquiries/{inquiry_id}/handover/answer": {"answer": "箱"},
        "/inquiries/{inquiry_id}/handover": {"department": "sales", "ask": "箱"},
        "/inquiries/{inquiry_id}/": {"body": "箱"},
        "/inquiries": {"title": "箱", **account} if is_new else {"priority": "high"},
        "/responses": {"score": 9},
        "/surveys": {"title": "箱"},
        "/notes": {"body": "箱", **account},
        "/answer": {"answer": "箱"},
        "/handover": {"department": "sales", "ask": "箱"},
        "/encounters": {"title": "箱", "at": "2026-11-20T03:00:00Z", **account},
        "/calls": {"title": "箱", "at": "2026-11-20T03:00:00Z", **(account if is_new else {})},
        "/tasks": {"title": "箱", **account},
        "/effort": {"day": "2026-11-20", "minutes": 5},
        "attributes": {"attributes": {}},
        "/audience": {"audience": FOR_MEMBERS},
        "accepted": {"post": world.posts["advice"].pk},
    }
    return next((body for part, body in bodies.items() if part in operation), {"body": "箱"})


def described() -> set[str]:
    document = Client().get("/api/v1/openapi.json").json()
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in document["paths"].items()
        for method in operations
    }


def test_the_description_names_every_operation_and_only_those():
    assert described() == set(OPERATIONS), "say in OPERATIONS who may do it"
    resolved = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern)) for route in VERSION_1}
    assert resolved - {"openapi.json", ""} == {operation.split(" /")[1] for operation in OPERATIONS}


@pytest.mark.sampled
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_token_gets_what_is_written_down(ask, operation):
    got = "".join(code_of(ask(token, operation)) for token in TOKENS)
    # Refused by the rules of the thing itself is not the door's business: a member accepts in their own question only.
    assert got == OPERATIONS[operation]


def test_no_answer_of_the_api_may_be_kept(ask):
    for operation in OPERATIONS:
        for token in ("none", "chie", "read"):
            assert ask(token, operation)["Cache-Control"] == "private, no-store"


def test_a_method_that_is_not_described_is_refused(world):
    for operation in OPERATIONS:
        path = operation.split(" ")[1].format(**_given(world))
        for method in ("TRACE", "PATCH", "PROPFIND"):
            assert Client().generic(method, f"/api/v1{path}").status_code in (401, 405)


@pytest.mark.parametrize("name", ["staff", "private", "held", "deleted", "hidden", "listed", "narrowed", "ruled"])
def test_a_secret_topic_is_like_one_that_is_not_there(ask, world, name):
    for operation in (one for one in OPERATIONS if "topic_id" in one):
        secret = ask("fumi", operation, topic_id=world.topics[name].pk)
        missing = ask("fumi", operation, topic_id=999_999)
        assert (secret.status_code, secret.content) == (missing.status_code, missing.content)
        assert secret.status_code == 404


@pytest.mark.parametrize("name", ["staff reply", "private reply", "held reply", "hidden", "deleted"])
def test_a_secret_post_is_like_one_that_is_not_there(ask, world, name):
    for operation, field in (
        ("POST /topics/{topic_id}/posts", {"body": "箱", "reply_to": world.posts[name].pk}),
        ("POST /topics/{topic_id}/accepted-answer", {"post": world.posts[name].pk}),
    ):
        missing = {key: 999_999 if key != "body" else value for key, value in field.items()}
        first, second = ask("chie", operation, sent=field), ask("chie", operation, sent=missing)
        assert (first.status_code, first.content) == (second.status_code, second.content)


def test_extra_fields_change_nothing(ask, world):
    extra = {"is_pinned": True, "state": "visible", "author": "aoi", "author_id": 1, "audience_id": 3, "is_staff": True}
    made = ask("chie", "POST /topics", sent={"space": "qa", "title": "箱", "body": "箱", **extra}).json()
    assert (made["author"], made["is_pinned"]) == ("chie", False)
