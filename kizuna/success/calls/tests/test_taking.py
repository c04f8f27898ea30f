"""What a telephone system tells makes one row, whatever its order, and what nobody took becomes one inquiry."""

from datetime import timedelta
from itertools import permutations

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity.models import Activity
from kizuna.success.calls import actions, queries
from kizuna.success.calls.events import Event, Told, read_off
from kizuna.success.calls.models import Call, CallEvent
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.encounters.models import Encounter
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db
MOBILE = "090-5550-0142"


def test_a_talk_stands_on_the_timeline_of_whose_number_it_is(tell, kaori, account, emi):
    tell("started", direction="in", number="０９０ー５５５０ー０１４２", agent="emi@example.com")
    assert Call.objects.get().state == "ringing"
    call = tell("ended", after=245, answered=True, seconds=240)
    assert (call.state, call.account, call.contact, call.member) == ("talked", account, kaori, emi)
    touch = Touchpoint.objects.get(channel="call")
    assert (touch.kind, touch.account_id, touch.contact_id) == ("call.in", account.pk, kaori.pk)
    assert (call.encounter.minutes, call.encounter.author) == (4, emi)
    assert Activity.objects.get(verb="call.ended").props["minutes"] == 4


def test_a_missed_call_is_an_inquiry_and_the_next_one_goes_on_with_it(tell, kaori, account):
    tell("missed", "c1", number=MOBILE)
    inquiry = Inquiry.objects.get()
    assert (inquiry.channel, inquiry.account, inquiry.contact, inquiry.title) == ("missed", account, kaori, "不在着信")
    assert MOBILE not in inquiry.title
    assert inquiry.is_outside_hours  # a Sunday
    tell("missed", "c2", after=60, number="+81 90 5550 0142")
    inquiry.refresh_from_db()
    assert (Inquiry.objects.count(), inquiry.title, inquiry.messages.count()) == (1, "不在着信 2回", 2)
    assert queries.missed_on(inquiry) == 2
    verbs = Activity.objects.filter(verb="call.missed").order_by("pk")
    assert [row.props["again"] for row in verbs] == [False, True]


def test_calling_back_answers_what_was_missed(tell, kaori):
    tell("missed", "c1", number=MOBILE)
    call = tell("ended", "c2", after=600, direction="out", number=MOBILE, answered=True, seconds=30)
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.closed_because, call.inquiry) == ("closed", "phone", inquiry)
    assert inquiry.first_response_at is not None
    tell("missed", "c3", after=900, number=MOBILE)
    assert Inquiry.objects.count() == 2  # another time is another inquiry


def test_a_call_back_that_reaches_nobody_answers_nothing(tell, kaori):
    tell("missed", "c1", number=MOBILE)
    call = tell("missed", "c2", after=600, direction="out", number=MOBILE)
    assert Inquiry.objects.get().state == "open"
    assert (call.state, call.inquiry) == ("missed", None)


EVENTS = [
    ("started", 0, {"direction": "in", "number": MOBILE, "our_number": "0120-550-142"}),
    ("missed", 20, {"number": MOBILE}),
    ("ended", 200, {"answered": True, "seconds": 180}),
    ("recording", 230, {"recording_url": "https://pbx.example/r/1"}),
]
COLUMNS = ("state", "direction", "number_key", "our_number", "at", "ended_at", "seconds", "recording_url", "account_id")


def test_every_order_of_events_gives_the_same_row(source, kaori, now):
    seen = set()
    for turn, order in enumerate(permutations(EVENTS)):
        for kind, after, said in order:
            event = Event(f"{turn}-{kind}", kind, f"c{turn}", now + timedelta(seconds=after), **said)
            call = actions.take_event(source=source, event=event, now=now + timedelta(minutes=10)).call
        call.refresh_from_db()
        seen.add(tuple(getattr(call, name) for name in COLUMNS))
        assert call.encounter.is_removed is False
    assert len(seen) == 1
    assert Encounter.objects.filter(is_removed=False).count() == 24
    assert not Inquiry.objects.exclude(state="closed").exists()


def test_a_missed_told_after_an_end_without_proof_takes_the_talk_back(tell, kaori):
    call = tell("ended", number=MOBILE, seconds=None)
    assert call.encounter is not None
    call = tell("missed", after=1, number=MOBILE)
    assert (call.state, call.encounter, call.inquiry.channel) == ("missed", None, "missed")
    assert not Touchpoint.objects.filter(channel="call").exists()


def test_the_same_event_is_taken_once_and_another_under_its_id_is_refused(tell, source, kaori, now):
    for _twice in range(2):
        tell("missed", event_id="e1", number=MOBILE)
    assert (CallEvent.objects.count(), Inquiry.objects.count()) == (1, 1)
    other = Event("e1", "missed", "c9", now, number=MOBILE)
    with pytest.raises(actions.Clash):
        actions.take_event(source=source, event=other, now=now)
    assert Call.objects.count() == 1


def test_a_withheld_number_is_nobodys_and_each_miss_is_its_own(tell, kaori):
    tell("missed", "c1")
    tell("missed", "c2", after=5)
    assert list(Inquiry.objects.values_list("title", "account_id")) == [("不在着信（非通知）", None)] * 2


def test_a_call_without_a_word_left_says_so_in_the_conversation(tell, client_of, emi):
    tell("missed", "c1", number=MOBILE)
    page = client_of(emi).get(f"/desk/inquiries/{Inquiry.objects.get().pk}/").content.decode()
    assert "電話がありましたが、出られませんでした。伝言はありません。" in page


def test_a_number_of_several_customers_places_nothing_and_offers_them(
    tell, make_account, kaori, desk, viewer_of, aoi, now
):
    other = make_account("株式会社緑風", phone="09055500142")
    call = tell("ended", number=MOBILE, answered=True, seconds=5)
    assert (call.account, call.encounter) == (None, None)
    assert {account.name for account in queries.candidates(call)} == {"株式会社青波堂", "株式会社緑風"}
    actions.place_call(viewer=desk, call=call, account=other, now=now + timedelta(minutes=1))
    call.refresh_from_db()
    assert (call.account, call.encounter.account, call.is_placed) == (other, other, True)
    tell("recording", after=30, number=MOBILE, recording_url="https://pbx.example/r")
    call.refresh_from_db()
    assert call.account == other


def test_a_firms_own_number_names_no_person(make_account, desk, account, now):
    customers.change_account(viewer=desk, account=account, fields={"phone": "(03)5550-0142"}, now=now)
    fields = {"name": "浜田 文", "phone": "03-5550-0142 内線 3"}
    customers.add_contact(viewer=desk, account=account, fields=fields, now=now)
    owners = queries.owners_of("+81355500142")
    assert (owners.account, owners.contact) == (account, None)


def test_colleagues_who_share_a_number_are_the_customer_alone(desk, account, kaori, now):
    customers.add_contact(viewer=desk, account=account, fields={"name": "浜田 文", "phone": MOBILE}, now=now)
    owners = queries.owners_of("+819055500142")
    assert (owners.account, owners.contact) == (account, None)


def test_who_took_it_is_known_by_handle_or_address_and_never_by_name(tell, emi, chie, kaori):
    assert tell("ended", "c1", number=MOBILE, agent="emi", answered=True).member == emi
    assert tell("ended", "c2", number=MOBILE, agent=emi.name, answered=True).member in (None, emi)
    assert tell("ended", "c3", number=MOBILE, agent="chie", answered=True).member is None  # not of the team


def test_a_removed_call_stays_removed_whatever_is_told_later(tell, kaori, desk, now):
    call = tell("ended", number=MOBILE, answered=True, seconds=5)
    actions.remove_call(viewer=desk, call=call, now=now)
    tell("recording", after=30, recording_url="https://pbx.example/r")
    call.refresh_from_db()
    assert (call.is_removed, call.recording_url) == (True, "")


def test_links_to_recordings_and_old_events_are_forgotten(tell, kaori, now):
    call = tell("ended", number=MOBILE, answered=True, seconds=5)
    tell("recording", after=30, recording_url="https://pbx.example/r")
    actions.forget_old(now=now + timedelta(days=40))
    call.refresh_from_db()
    assert (CallEvent.objects.count(), call.recording_url) == (0, "https://pbx.example/r")
    actions.forget_old(now=now + timedelta(days=91))
    call.refresh_from_db()
    assert (call.recording_url, call.state) == ("", "talked")


def test_a_call_whose_end_is_not_told_stays_open(now):
    row = read_off([Told("a", "started", now, {"direction": "in", "number": "03"})])
    assert (row["state"], row["ended_at"]) == ("ringing", None)


def test_a_missed_call_that_came_by_the_api_is_in_the_list_and_goes_on_by_its_number(tell, desk, account, now):
    fields = {"channel": "missed", "title": "不在着信", "sender": MOBILE, "account_id": account.pk, "received_at": now}
    inquiry = inbox.open_inquiry(viewer=desk, fields=fields, now=now)
    run_waiting()
    call = Call.objects.get()
    assert (call.inquiry, call.is_missed, call.number_key, call.account) == (inquiry, True, "+819055500142", account)
    tell("missed", "c2", after=60, number="+81 90 5550 0142")
    inquiry.refresh_from_db()
    assert (Inquiry.objects.count(), inquiry.title) == (1, "不在着信 2回")
    run_waiting()
    assert Call.objects.count() == 2
