"""A person's copy holds what they asked and what was answered; an erasure leaves when it came in and was answered."""

import pytest

from kizuna.base.registry import Person
from kizuna.base.registry.personal import described
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import actions, personal
from kizuna.success.inbox.models import Inquiry, InquiryMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(desk, now):
    """Return a function that notes an inquiry with an answer and a remark."""

    def note(title="送料について", **fields) -> Inquiry:
        said = {"title": title, "body": "離島の送料は？", "external_id": f"Z-{title}", **fields}
        inquiry = actions.open_inquiry(viewer=desk, fields=said, now=now)
        for direction, body in (("out", "800円です。"), ("internal", "急かすお客さま")):
            InquiryMessage.objects.create(inquiry=inquiry, direction=direction, body=body, at=now)
        return inquiry

    return note


@pytest.fixture
def whole(person) -> Person:
    return described(Person(contact_id=person.pk))


def test_the_copy_holds_what_was_asked_and_answered_and_withholds_remarks(ask, account, person, whole):
    ask(account_id=account.pk, contact_id=person.pk)
    ask("ほかの方", account_id=account.pk)
    assert [row["title"] for row in personal.inquiries(person=whole)] == ["送料について"]
    assert [row["body"] for row in personal.messages(person=whole)] == ["離島の送料は？", "800円です。"]
    assert [row["body"] for row in personal.remarks(person=whole)] == ["急かすお客さま"]
    assert personal.REMARKS.disclosure == "withheld"


def test_an_erasure_leaves_times_and_takes_the_words(ask, account, person, whole, now):
    inquiry = ask(account_id=account.pk, contact_id=person.pk)
    first = actions.forget_person(person=whole, now=now)
    inquiry.refresh_from_db()
    assert (inquiry.title, inquiry.external_id) == (customers.gone_words(), "")
    assert (inquiry.received_at, inquiry.contact_id) == (now, person.pk)
    assert not InquiryMessage.objects.exists()
    touch = Touchpoint.objects.get(source_type="inquiry")
    assert (touch.title, touch.excerpt, touch.search_text) == ("", "", "")
    again = actions.forget_person(person=whole, now=now)
    assert (first.kept, again.removed, again.kept) == (1, 0, 1)


def test_the_name_is_covered_in_inquiries_of_others(ask, account, whole, now):
    other = ask("三浦香織さんの後任より", account_id=account.pk, body="三浦　香織の後任です。")
    actions.forget_person(person=whole, now=now)
    other.refresh_from_db()
    assert other.title == "■■■さんの後任より"
    assert InquiryMessage.objects.filter(inquiry=other).order_by("pk").first().body == "■■■の後任です。"


def test_whoever_only_leaves_the_community_keeps_the_inquiries_of_the_contact(ask, account, person, chie, now):
    as_contact = ask(account_id=account.pk, contact_id=person.pk, member_id=chie.pk)
    as_member = ask("会員として", member_id=chie.pk)
    actions.forget_person(person=described(Person(member_id=chie.pk)), now=now)
    as_contact.refresh_from_db()
    as_member.refresh_from_db()
    assert (as_contact.title, as_contact.member) == ("送料について", None)
    assert as_member.title == customers.gone_words()
