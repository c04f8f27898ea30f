"""What stands on the Desk was typed by customers, tables and programs: it stays words on every page, in both languages."""

import pytest
from django.utils.html import escape

from kizuna.core.audit import actions as audit
from kizuna.core.members import actions as members
from kizuna.core.privacy import actions as privacy
from kizuna.engagement.referrals import actions as referrals
from kizuna.engagement.surveys import actions as surveys
from kizuna.engagement.testimonials import actions as testimonials
from kizuna.success.customers import actions as customers
from kizuna.success.effort import actions as effort
from kizuna.success.effort.models import EffortFunction
from kizuna.success.imports.models import ImportRun, ImportSample
from kizuna.success.inbox import actions as inbox
from kizuna.success.origins import actions as origins
from tests.test_attacks import client_as, open_routes, send
from tests.test_hostile_content import ATTACKS, Dangers
from tests.test_routes import SANDBOXED, address_of, examples

pytestmark = pytest.mark.django_db
__all__ = ["client_as"]
APPS = (
    "imports",
    "effort",
    "origins",
    "referrals",
    "testimonials",
    "privacy",
    "surveys",
    "inbox",
    "usage",
    "customers",
)
TEXT = " ".join(ATTACKS)
NAME = '"><script>alert(1)</script><svg/onload=alert(1)>'


def plant(world) -> dict[str, int]:
    """Put hostile words into every field of the Desk that takes any; return what the addresses name."""
    aoi, emi, gen, now = world.viewer("aoi"), world.viewer("emi"), world.viewer("gen"), world.now
    things = world.customers
    account = customers.create_account(viewer=emi, fields={"name": NAME, "industry": NAME, "region": NAME}, now=now)
    contact = customers.add_contact(
        viewer=emi, account=account, fields={"name": NAME, "department": NAME, "title": NAME}, now=now
    )
    inquiry = inbox.open_inquiry(
        viewer=emi,
        fields={
            "title": TEXT[:180],
            "body": TEXT,
            "category": NAME,
            "account_id": account.pk,
            "contact_id": contact.pk,
        },
        now=now,
    )
    survey = surveys.make_survey(viewer=emi, title=TEXT[:110], now=now)
    surveys.note_response(
        viewer=emi,
        survey=survey,
        fields={"score": 1, "comment": TEXT, "contact_id": contact.pk, "external_id": NAME},
        now=now,
    )
    function = EffortFunction.objects.get(slug="success")
    effort.define_function(viewer=aoi, slug="zq", label={"ja": NAME, "en": NAME}, now=now)
    work = effort.Work(day=now.date(), minutes=30, function_id=function.pk, account_id=account.pk, note=TEXT)
    row = effort.note_effort(viewer=emi, work=work, now=now)
    origins.set_origin(
        viewer=emi, account=account, contract=None, referrer=world.members["fumi"], reason=TEXT[:390], now=now
    )
    members.change_profile(viewer=gen, name=NAME[:60], company=NAME, bio=TEXT[:190], kana="", audience_id=1, now=now)
    referrals.set_referrer(
        viewer=aoi, member=world.members["fumi"], referrer=world.members["gen"], reason=TEXT[:390], now=now
    )
    words = testimonials.Words(
        text=TEXT,
        shown_name=NAME,
        shown_company=NAME,
        in_community=True,
        on_site=True,
        in_sales=True,
        until=None,
        wording=TEXT,
    )
    lent = testimonials.give(viewer=gen, words=words, now=now)
    testimonials.decide(viewer=aoi, testimonial=lent, is_approved=True, now=now)
    said = {"kind": "access", "law": "appi", "channel": "mail", "name": NAME, "text": TEXT, "address": NAME}
    request = privacy.record_request(viewer=emi, fields=said, contact_id=contact.pk, received_at=now, now=now)
    privacy.note_check(viewer=aoi, request=request, note=TEXT[:390], now=now)
    audit.note(
        "zq.<script>alert(1)</script>",
        actor_id=gen.member_id,
        subject=("account", account.pk),
        detail={NAME: TEXT},
        now=now,
    )
    _plant_run(things["run"], now=now)
    return {
        "account_id": account.pk, "contact_id": contact.pk, "inquiry_id": inquiry.pk, "survey_id": survey.pk,
        "effort_id": row.pk, "request_id": request.pk, "handle": "gen",
    }  # fmt: skip


def _plant_run(run, *, now) -> None:
    """Let a table stand as its file said it: headers, first values, bad cells."""
    columns = [{"header": NAME, "first": TEXT, "filled": 1, "order": "", "is_unclear": True}]
    ImportRun.objects.filter(pk=run.pk).update(
        file_name=NAME,
        columns=columns,
        state="rehearsed",
        row_count=1,
        position=1,
        rehearsal={"bad": 1, "new": 1},
        updated_at=now,
    )
    ImportSample.objects.bulk_create(
        ImportSample(run=run, phase="rehearsal", outcome=outcome, line=line, title=NAME,
                     changes=[["account", "name", None, TEXT]], problems=[[NAME, TEXT, TEXT, line]], notes=[[NAME, 90]])
        for line, outcome in enumerate(("bad", "new"), start=2)
    )  # fmt: skip


def test_words_stay_words_on_every_page_of_the_desk(client_as, world):
    given = {**examples(world), **plant(world)}
    client, wrong, seen = client_as("aoi"), [], 0
    for name, pattern in open_routes("aoi"):
        if name.partition(":")[0] not in APPS or name in SANDBOXED:
            continue
        for language in ("ja", "en"):
            client.cookies["lang"] = language
            answer = send(client, "GET", address_of(name, pattern, given))
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                seen += answer.status_code == 200 and escape(NAME)[:30] in answer.whole.decode()
                wrong += [(name, language, found[:2]) for found in [Dangers(answer.whole.decode()).found] if found]
    assert not wrong
    assert seen > 30, "the words are there to be seen"


def test_hostile_words_of_a_member_stay_words_on_their_own_pages(client_as, world):
    plant(world)
    client = client_as("gen")
    for path in ("/referrals/", "/testimonials/", "/account/requests/", "/account/copies/", "/"):
        answer = send(client, "GET", path)
        assert answer.status_code == 200
        assert not Dangers(answer.whole.decode()).found
