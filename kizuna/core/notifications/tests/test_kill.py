"""Mail is sent at least once although workers are killed around it, and a second copy has the same Message-ID."""

from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import declared
from kizuna.base.jobs.tests.killing import Workers, stop, wait_until
from kizuna.core.notifications.actions.posting import enqueue_sending, new_message_id
from kizuna.core.notifications.models import MailAttempt, OutgoingMail
from kizuna.core.notifications.tests.faulty import POINTS
from kizuna.core.notifications.tests.sink import listening

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

MAILS = 5


@pytest.fixture
def workers(lent_communities, sakura):
    made = Workers("kizuna.core.notifications.tests.faulty")
    yield made
    made.end()
    declared._by_name.cache_clear()


def write_mails() -> set[str]:
    now = timezone.now()
    with transaction.atomic():
        mails = [
            OutgoingMail(
                message_id=new_message_id(now), kind="letter", address=f"m{n}@example.com", text="文", created_at=now
            )
            for n in range(MAILS)
        ]
        OutgoingMail.objects.bulk_create(mails)
        enqueue_sending([mail.pk for mail in mails])
    return {mail.message_id for mail in mails}


def assert_no_mail_is_lost(workers, monkeypatch, point) -> None:
    with listening() as sink:
        monkeypatch.setenv("KIZUNA_MAIL_URL", f"smtp://127.0.0.1:{sink.port}")
        written = write_mails()
        workers.start_and_see_killed(point, 2)
        last = workers.start()
        wait_until(lambda: not OutgoingMail.objects.exclude(state="sent").exists())
        stop(last)
    copies = Counter(message["Message-ID"].strip() for message in sink.messages())
    assert set(copies) == written
    assert sum(copies.values()) - MAILS == (1 if point == "after_sending" else 0)
    cut_off = MailAttempt.objects.filter(ended_at__isnull=True).count()
    assert cut_off == (1 if point in {"before_sending", "after_sending"} else 0)


def test_a_worker_killed_after_sending_sends_one_copy_more_with_the_same_message_id(workers, monkeypatch):
    assert_no_mail_is_lost(workers, monkeypatch, "after_sending")


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_no_mail_is_lost_wherever_a_worker_is_killed(workers, monkeypatch, point):
    assert_no_mail_is_lost(workers, monkeypatch, point)
