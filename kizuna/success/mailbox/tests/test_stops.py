"""Where mail to somebody has stopped, the team sees it beside the person and in the inquiry."""

import pytest
from django.utils import timezone

from kizuna.core.inbound.tests.mails import plain
from kizuna.core.notifications.models import MailStop, Recipient
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db


def stop(address: str, reason: str) -> None:
    recipient = Recipient.objects.create(address=address, address_key=address.lower(), created_at=timezone.now())
    MailStop.objects.create(recipient=recipient, reason=reason, at=timezone.now())


@pytest.mark.parametrize(("reason", "word"), [("bounce", "届かずに戻りました"), ("complaint", "迷惑メールの申告")])
def test_it_is_said_beside_a_person_and_in_the_log(client_of, emi, account, person, arrive, reason, word):
    client = client_of(emi)
    assert "メール停止中" not in client.get(f"/desk/customers/{account.pk}/").content.decode()
    stop("miura@aonami.co.jp", reason)
    assert f"メール停止中（{word}）" in client.get(f"/desk/customers/{account.pk}/").content.decode()
    arrive(plain(From="miura@aonami.co.jp"), envelope_from="miura@aonami.co.jp")
    assert f"メール停止中（{word}）" in client.get(f"/desk/inquiries/{Inquiry.objects.get().pk}/").content.decode()


def test_whoever_only_chose_to_get_less_is_not_marked(client_of, emi, account, person):
    stop("miura@aonami.co.jp", "unsubscribed")
    assert "メール停止中" not in client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
