"""The contact form: what answers already is shown first, the outcome is kept, and a member reads the answer on their own page."""

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity.models import Activity
from kizuna.core.community.actions import change_setting
from kizuna.core.community.queries import setting
from kizuna.core.notifications.models import Notification
from kizuna.core.search import actions as search
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import FormAsk, Inquiry, InquiryMessage
from kizuna.success.inbox.settings import FORM

pytestmark = pytest.mark.django_db
ASKED = {"title": "領収書の宛名を変えたい", "body": "どこで変えられますか。", "once": "a1"}


@pytest.fixture
def form(db):
    """The form is on, for visitors too."""

    def turn(**fields):
        change_setting(FORM, value={**setting(FORM), "is_on": True, "for_visitors": True, **fields}, member_id=None)

    turn()
    return turn


@pytest.fixture
def answered(chie, now):
    """Something that answers the question already."""
    search.index(
        target_type="article", target_id=1, parent_id=1, kind="article", title="領収書の宛名を変えたい", body="設定で変えられます。",
        tags=[], author_id=chie.pk, audience_id=2, container_audience_id=2, created_at=now, is_solved=True, votes=0, lang="ja",
    )  # fmt: skip


def test_without_a_setting_there_is_no_form(client_of, chie):
    assert client_of(chie).get("/contact/").status_code == 404
    assert client_of().get("/contact/").status_code == 404


def test_where_only_members_ask_a_visitor_signs_in(client_of, form):
    form(for_visitors=False)
    assert client_of().get("/contact/")["Location"].startswith("/signin/")


def test_a_member_sends_and_reads_the_answer_on_their_own_page(client_of, chie, emi, viewer_of, form):
    client = client_of(chie)
    sent = client.post("/contact/", {**ASKED, "is_urgent": "on"})
    inquiry = Inquiry.objects.get()
    assert sent["Location"] == f"/me/inquiries/{inquiry.pk}/"
    assert (inquiry.channel, inquiry.member_id, inquiry.priority) == ("form", chie.pk, "urgent")
    assert client.post("/contact/", ASKED)["Location"] == sent["Location"]  # clicked twice
    actions.add_note(viewer=viewer_of(emi), inquiry=inquiry, body="社内の話", now=timezone.now())
    delivery = actions.send_reply(viewer=viewer_of(emi), inquiry=inquiry, body="設定からどうぞ。", now=timezone.now())
    assert "設定からどうぞ" not in client.get(sent["Location"]).content.decode()
    actions.deliver(delivery_id=delivery.pk, now=delivery.send_at)
    run_waiting()
    page = client.get(sent["Location"]).content.decode()
    assert "設定からどうぞ" in page
    assert "社内の話" not in page
    assert Notification.objects.filter(member=chie, kind="own_inquiry.answered").count() == 1
    client.post(sent["Location"], {"body": "もう一つ聞きたいです。"})
    inquiry.refresh_from_db()
    assert inquiry.state == "open"
    assert inquiry.messages.filter(direction="in").count() == 2


def test_nobody_reads_the_inquiries_of_others(client_of, chie, ben, emi, form):
    client_of(chie).post("/contact/", ASKED)
    address = f"/me/inquiries/{Inquiry.objects.get().pk}/"
    for other in (ben, emi):
        assert client_of(other).get(address).status_code == 404
        assert client_of(other).post(address, {"body": "x"}).status_code == 404
    assert ASKED["title"] not in client_of(ben).get("/me/inquiries/").content.decode()
    assert ASKED["title"] in client_of(chie).get("/me/inquiries/").content.decode()


def test_what_answers_already_is_shown_before_sending_and_the_outcome_kept(client_of, chie, form, answered):
    client = client_of(chie)
    shown = client.post("/contact/", ASKED)
    assert shown.status_code == 200
    ask = FormAsk.objects.get()
    assert (ask.outcome, ask.shown) == ("shown", [["article", 1]])
    token = shown.context["token"]
    assert ASKED["body"] in shown.content.decode()
    client.post("/contact/", {**ASKED, "ask": token, "solved": "1"})
    ask.refresh_from_db()
    assert ask.outcome == "solved"
    assert Activity.objects.get(verb="inquiry_form.asked").props == {"outcome": "solved", "shown": 1}
    assert not Inquiry.objects.exists()
    client.post("/contact/", {**ASKED, "ask": token, "solved": "1"})  # again: nothing more
    assert Activity.objects.filter(verb="inquiry_form.asked").count() == 1


def test_whoever_sends_all_the_same_is_noted_with_the_inquiry(client_of, chie, form, answered):
    client = client_of(chie)
    token = client.post("/contact/", ASKED).context["token"]
    client.post("/contact/", {**ASKED, "ask": token})
    ask = FormAsk.objects.get()
    assert (ask.outcome, ask.inquiry) == ("sent", Inquiry.objects.get())


def test_the_word_of_one_person_is_nothing_in_the_hand_of_another(client_of, chie, ben, form, answered):
    token = client_of(chie).post("/contact/", ASKED).context["token"]
    client_of(ben).post("/contact/", {**ASKED, "ask": token, "solved": "1"})
    client_of().post("/contact/", {**ASKED, "ask": "nonsense", "solved": "1"})
    assert FormAsk.objects.get().outcome == "shown"


def test_a_visitor_leaves_an_address_and_no_customer_is_believed(client_of, form, person, opened):
    client = client_of()
    assert client.post("/contact/", ASKED).status_code == 422
    answer = client.post("/contact/", {**ASKED, "email": "miura@aonami.co.jp", "name": "三浦", "company": "青波堂"})
    assert answer.status_code == 200
    inquiry = Inquiry.objects.get()
    assert (inquiry.sender, inquiry.account_id, inquiry.contact_id, inquiry.member_id) == (
        "miura@aonami.co.jp",
        None,
        None,
        None,
    )
    assert "三浦" in InquiryMessage.objects.get().body


def test_honey_is_believed_sent_and_kept_nowhere(client_of, form):
    answer = client_of().post("/contact/", {**ASKED, "email": "x@x.example", "website": "http://spam.example"})
    assert answer.status_code == 200
    assert not Inquiry.objects.exists()


def test_more_than_twenty_an_hour_wait(client_of, form):
    client = client_of()
    codes = [
        client.post("/contact/", {**ASKED, "once": f"n{n}", "email": "x@x.example"}).status_code for n in range(22)
    ]
    assert codes[:20] == [200] * 20
    assert codes[20:] == [429, 429]
    assert Inquiry.objects.count() == 20


@pytest.mark.parametrize(
    "sent",
    [
        {"title": "\x00", "body": "\x00"}, {"title": "長" * 500, "body": "x"}, {"title": "x", "body": "長" * 20_000},
        {"title": "x", "body": "y", "email": "a@b.example\nBcc: c@d.example"}, {"title": "x", "body": "y", "category": "<b>"},
    ],
)  # fmt: skip
def test_nonsense_is_said_and_what_was_typed_stays(client_of, form, sent):
    form(categories=["料金"])
    answer = client_of().post("/contact/", {"email": "x@x.example", **sent})
    assert answer.status_code == 422
    assert not Inquiry.objects.exists()


def test_hostile_words_run_nowhere(client_of, chie, emi, form):
    client_of(chie).post(
        "/contact/", {"title": "<script>a</script>", "body": "<img src=x onerror=alert(1)>", "once": "h1"}
    )
    pk = Inquiry.objects.get().pk
    for person, address in ((chie, f"/me/inquiries/{pk}/"), (chie, "/me/inquiries/"), (emi, f"/desk/inquiries/{pk}/")):
        page = client_of(person).get(address).content.decode()
        assert "<script>a" not in page
        assert "<img src=x" not in page


def test_the_form_is_set_in_studio(client_of, aoi, emi):
    sent = {
        "is_on": "on",
        "place": "menu",
        "categories": "料金\n料金\n不具合",
        "privacy_ja": "返事に使います。",
        "urgent": "on",
    }
    assert client_of(emi).post("/studio/contact/", sent).status_code == 403
    assert client_of(aoi).post("/studio/contact/", sent).status_code == 302
    said = setting(FORM)
    assert (said["is_on"], said["for_visitors"], said["place"], said["categories"]) == (
        True,
        False,
        "menu",
        ["料金", "不具合"],
    )
    assert client_of(aoi).post("/studio/contact/", {**sent, "place": "moon"}).status_code == 422
    assert client_of(aoi).get("/contact/").status_code == 200


def test_a_visitor_is_asked_for_the_name_of_their_company(client_of, form):
    assert "会社・お店の名前" in client_of().get("/contact/").content.decode()
