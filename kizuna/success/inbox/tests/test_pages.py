"""The queue and the page of an inquiry, in the browser's forms, with hostile words and the wrong people."""

import re

import pytest
from django.utils import timezone

from kizuna.core.community.hours import HOURS, business_hours
from kizuna.core.community.queries import setting
from kizuna.success.inbox import actions
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryDraft, InquiryMessage
from kizuna.success.inbox.settings import DUE_RULES, URGENT_WORDS

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"' onload=x"


@pytest.fixture
def asked(chie):
    """What a member asked by the form: it can be answered on their own page."""
    arrival = Arrival(
        "form", f"件名{HOSTILE}", f"本文{HOSTILE}\n> 引用\n> 引用の続き", timezone.now(), member_id=chie.pk
    )
    return receive(arrival=arrival, now=timezone.now()).inquiry


def test_the_page_shows_everything_and_runs_nothing(client_of, emi, asked):
    page = client_of(emi).get(f"/desk/inquiries/{asked.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "onload=x&" in page or "onload=x<" in page
    assert "引用 2行をひらく" in page or "Open 2 quoted lines" in page
    assert "件名" in client_of(emi).get("/desk/inquiries/").content.decode()


def test_an_answer_is_held_and_taken_back_by_its_form(client_of, emi, asked):
    client, base = client_of(emi), f"/desk/inquiries/{asked.pk}/"
    assert client.post(f"{base}reply/", {"body": ""}).status_code == 422
    answer = client.post(f"{base}reply/?view=mine", {"body": "確認します。", "next_state": "closed"})
    assert (answer.status_code, answer["Location"]) == (302, f"{base}?view=mine")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.next_state) == ("held", "closed")
    page = client.get(base).content.decode()
    assert f'action="{base}reply/{delivery.pk}/"' in page
    client.post(f"{base}reply/{delivery.pk}/")
    assert Delivery.objects.get().state == "taken_back"
    page = client.get(base).content.decode()
    assert "確認します。" in page  # in the field again
    assert f"m-{delivery.message_id}" not in page


def test_who_was_overtaken_keeps_the_text_and_may_insist(client_of, emi, aoi, asked):
    base, seen = f"/desk/inquiries/{asked.pk}/", asked.messages.get().pk
    client_of(aoi).post(f"{base}reply/", {"body": "先に答えます。", "seen": seen})
    answer = client_of(emi).post(f"{base}reply/", {"body": "わたしの返事", "seen": seen})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "わたしの返事" in page
    assert 'name="anyway"' in page
    assert InquiryMessage.objects.filter(direction="out").count() == 1
    client_of(emi).post(f"{base}reply/", {"body": "わたしの返事", "seen": seen, "anyway": "1"})
    assert InquiryMessage.objects.filter(direction="out").count() == 2


def test_drafts_are_kept_and_the_others_see_who_writes(client_of, emi, aoi, asked):
    base = f"/desk/inquiries/{asked.pk}/"
    client_of(emi).get(base)
    client_of(emi).post(f"{base}draft/", {"context": f"inquiry:{asked.pk}:reply", "body": "書きかけ"})
    assert InquiryDraft.objects.get().body == "書きかけ"
    beside = client_of(aoi).get(f"{base}beside/").content.decode()
    assert emi.name in beside
    assert "書きかけ" not in beside
    assert "書きかけ" not in client_of(aoi).get(base).content.decode()
    assert client_of(emi).post(f"{base}draft/", {"context": "x", "body": "y"}).status_code == 422
    client_of(emi).post(f"{base}draft/", {"context": f"inquiry:{asked.pk}:reply", "body": ""})
    assert not InquiryDraft.objects.exists()


def test_every_deed_has_its_form(client_of, emi, aoi, asked):
    client, base = client_of(emi), f"/desk/inquiries/{asked.pk}/"
    client.post(f"{base}owner/", {"owner": aoi.pk})
    client.post(f"{base}priority/", {"priority": "high"})
    client.post(f"{base}note/", {"body": "社内の話"})
    client.post(f"{base}work/", {"minutes": "15m"})
    client.post(f"{base}snooze/", {"when": "week"})
    asked.refresh_from_db()
    assert (asked.owner_id, asked.priority, asked.state) == (aoi.pk, "high", "snoozed")
    client.post(f"{base}snooze/", {"wake": "1"})
    assert client.post(f"{base}closure/", {"because": "answered"}).status_code == 422
    client.post(f"{base}closure/", {"because": "none_needed"})
    asked.refresh_from_db()
    assert (asked.state, asked.closed_because) == ("closed", "none_needed")
    assert client.get(base).status_code == 200


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("owner/", {"owner": "x" * 500}), ("owner/", {"owner": "99999999999999999999"}), ("priority/", {"priority": "\x00"}),
        ("snooze/", {"when": "own", "until": "9999-99-99"}), ("snooze/", {"when": "own", "until": "2199-01-01T00:00"}),
        ("closure/", {"because": "same", "same_as": "99999999999999999999999"}), ("work/", {"minutes": "99:99"}),
        ("handover/", {"department": "0"}), ("handover/answer/", {"answer": ""}), ("note/", {"body": "\x00"}),
        ("reply/", {"body": "x", "next_state": "handed"}), ("reply/", {"body": "x", "next_state": "snoozed"}),
        ("reply/", {"body": "長" * 30_000}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(client_of, emi, asked, path, sent):
    before = Inquiry.objects.values().get()
    answer = client_of(emi).post(f"/desk/inquiries/{asked.pk}/{path}", sent)
    assert answer.status_code in (302, 422)
    after = Inquiry.objects.values().get()
    before.pop("owner_id"), after.pop("owner_id")
    assert before == after
    assert InquiryMessage.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["view=closed", "part=overdue", "channel=mail", "q=%00'%22", "q=%231", "view=x&part=y&channel=z"]
)
def test_every_way_to_look_answers(client_of, emi, asked, query):
    for address in ("/desk/inquiries/", "/desk/inquiries/table/", f"/desk/inquiries/{asked.pk}/"):
        assert client_of(emi).get(f"{address}?{query}").status_code == 200
    assert client_of(emi).get(f"/desk/inquiries/?view=open&after=nonsense&{query}").status_code in (200, 404)


def test_the_queue_costs_the_same_however_long_it_is(client_of, emi, asked, django_assert_max_num_queries):
    for number in range(30):
        receive(arrival=Arrival("mail", f"{number}", "", timezone.now()), now=timezone.now())
    client = client_of(emi)
    client.get("/desk/inquiries/")
    with django_assert_max_num_queries(25):
        client.get("/desk/inquiries/")
    with django_assert_max_num_queries(45):
        client.get(f"/desk/inquiries/{asked.pk}/")


def test_several_are_given_and_closed_together(client_of, emi, asked):
    client = client_of(emi)
    client.post("/desk/inquiries/together/", {"id": [asked.pk, "x", "99999"], "do": "give", "owner": emi.pk})
    asked.refresh_from_db()
    assert asked.owner_id == emi.pk
    client.post("/desk/inquiries/together/", {"id": [asked.pk], "do": "close", "because": "spam"})
    asked.refresh_from_db()
    assert asked.closed_because == "spam"


def test_hours_are_tried_then_saved(client_of, aoi):
    client = client_of(aoi)
    sent = {
        "mon": "９時〜12:00、13時～18時30分", "tue": "休み", "sat": "10:00-15:00 16:00-17:00", "closes_on_holidays": "on",
        "closing": "2026-12-29〜2027-01-03 年末年始\n2026/12/24", "opening": "2026年12月27日 10:00–15:00 臨時",
    }  # fmt: skip
    before = business_hours()
    assert client.post("/studio/hours/", {**sent, "try": "1"}).status_code == 200
    assert business_hours() == before
    assert client.post("/studio/hours/", sent).status_code == 302
    value = setting(HOURS)
    assert value["week"] == {
        "mon": [["9:00", "12:00"], ["13:00", "18:30"]],
        "sat": [["10:00", "15:00"], ["16:00", "17:00"]],
    }
    assert len(value["closing"]) == 7
    assert value["opening"] == [{"day": "2026-12-27", "periods": [["10:00", "15:00"]], "name": "臨時"}]
    assert re.search(r'value="9:00–12:00, 13:00–18:30"', client.get("/studio/hours/").content.decode())


@pytest.mark.parametrize(
    "sent",
    [
        {"mon": "18:00-9:00"}, {"mon": "9-10-11"}, {"mon": "x" * 200}, {"mon": "9:00-12:00, 11:00-13:00"}, {"closing": "いつか"},
        {"closing": "2026-13-45"}, {"closing": "2026-01-01〜2029-01-01"}, {"opening": "2026-12-27"}, {"mon": "25:00-26:00"},
        {"closing": "0001-01-01"},
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_said_at_their_field(client_of, aoi, sent):
    before = setting(HOURS)
    assert client_of(aoi).post("/studio/hours/", sent).status_code == 422
    assert setting(HOURS) == before


def test_dues_and_urgent_words_are_set_in_studio(client_of, aoi, emi):
    sent = {
        "urgent_response": "1", "urgent_resolution": "8", "high_response": "", "high_resolution": "", "normal_response": "1:30",
        "normal_resolution": "16", "low_response": "45m", "low_resolution": "", "urgent_words": "火事\n\n火事", "first_plans": "プロ",
        "warn_minutes": "30", "escalate_minutes": "0", "plans-TOTAL_FORMS": "1", "plans-INITIAL_FORMS": "0", "plans-0-plan": "プロ",
        "plans-0-priority": "normal", "plans-0-response": "1", "plans-0-resolution": "",
    }  # fmt: skip
    assert client_of(aoi).post("/studio/inbox/", sent).status_code == 302
    rules = {(rule["priority"], rule["plan"]): (rule["response"], rule["resolution"]) for rule in setting(DUE_RULES)}
    assert rules[("normal", "")] == (90, 960)
    assert rules[("low", "")] == (45, None)
    assert rules[("normal", "プロ")] == (60, None)
    assert setting(URGENT_WORDS) == ["火事"]
    assert client_of(emi).post("/studio/inbox/", sent).status_code == 403


def test_a_member_has_no_desk(client_of, chie, asked):
    client = client_of(chie)
    for path in ("", "reply/", "note/", "beside/", "draft/", "work/"):
        for method in (client.get, client.post):
            assert method(f"/desk/inquiries/{asked.pk}/{path}").status_code in (404, 405)


def test_held_answers_are_gone_once_they_are_sent(client_of, emi, asked, viewer_of):
    now = timezone.now()
    delivery = actions.send_reply(viewer=viewer_of(emi), inquiry=asked, body="はい。", now=now)
    actions.deliver(delivery_id=delivery.pk, now=delivery.send_at)
    asked.refresh_from_db()
    assert (asked.state, Delivery.objects.get().state) == ("waiting", "sent")
    assert client_of(emi).post(f"/desk/inquiries/{asked.pk}/reply/{delivery.pk}/").status_code == 302
    assert Delivery.objects.get().state == "sent"
