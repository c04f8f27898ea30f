"""`kizuna bench inbox`: the queue, each way to look at it, an inquiry, and the table, with so many inquiries that are not closed."""

import os
import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from kizuna.base.hosting import directory, entered
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from kizuna.core.members.models import Member
from kizuna.interfaces.bench.customers import CHUNK, SEED, Say, conditions, make_team, timed
from kizuna.interfaces.cli.commands.migrate import migrate_community
from kizuna.success.inbox.models import Inquiry, InquiryMessage

CLOSED_SHARE = 0.5  # besides those that are not closed: history
CHANNELS = ("mail", "form", "phone", "question", "social")
State = Inquiry.State


def run(*, folder: Path | None, inquiries: int, say: Say) -> dict[str, Any]:
    """Fill the community in `folder` (kept) or in `DATABASE_URL` and open each page some times, signed in, in this process."""
    with tempfile.TemporaryDirectory(prefix="kizuna-bench-") as temporary:
        os.environ["KIZUNA_HOME"] = str(folder or Path(temporary))
        community = directory().all()[0]
        with entered(community):
            migrate_community(community, verbosity=0)
            if Inquiry.objects.count() < inquiries:
                build(inquiries=inquiries, say=say)
            client = Client()
            staff = Member.objects.get(handle="bench_staff0")
            client.cookies[signin.COOKIE] = members.start_sign_in(member=staff, method="test", now=timezone.now())
            rows = [timed(client, name, address, say) for name, address in pages().items()]
            result = {"conditions": {**conditions(0), "inquiries": Inquiry.objects.count()}, "pages": rows}
            connection.close()
            return result


def pages() -> dict[str, str]:
    """Return the addresses that are measured, by what they are."""
    home = "/desk/inquiries/"
    views = {f"queue, {view}": f"{home}?view={view}" for view in ("mine", "open", "outside", "waiting", "closed")}
    parts = {f"queue, {part}": f"{home}?part={part}" for part in ("ownerless", "overdue", "later", "hold")}
    one = Inquiry.objects.filter(state=State.OPEN).order_by("pk").first()
    assert one is not None
    return {
        "queue": home,
        **views,
        **parts,
        "queue, mail only": f"{home}?view=open&channel=mail",
        "inquiry": f"{home}{one.pk}/",
        "table": f"{home}table/",
        "table, a part of the title": f"{home}table/?q=送り状",
    }


def build(*, inquiries: int, say: Say) -> None:
    """Make the team, and inquiries of every state with their first message: the same ones each time."""
    rng = random.Random(SEED)  # noqa: S311 (repeatable, not secret)
    staff, now = make_team(), timezone.now()
    for start in range(0, int(inquiries * (1 + CLOSED_SHARE)), CHUNK):
        made = [_inquiry(rng, staff, number, inquiries, now) for number in range(start, start + CHUNK)]
        Inquiry.objects.bulk_create(made, batch_size=1000)
        InquiryMessage.objects.bulk_create(
            [InquiryMessage(inquiry=row, direction="in", body=row.title, at=row.received_at) for row in made],
            batch_size=1000,
        )
        say(f"{start + CHUNK} inquiries")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _inquiry(rng: random.Random, staff: list[int], number: int, inquiries: int, now: datetime) -> Inquiry:
    received_at = now - timedelta(minutes=rng.randrange(60 * 24 * 120))
    is_closed = number >= inquiries
    state = State.CLOSED if is_closed else rng.choice((State.OPEN, State.OPEN, State.OPEN, State.WAITING))
    return Inquiry(
        title=f"{rng.choice(('送り状', '請求書', '在庫', '定期便', 'クーポン'))}について {number}",
        state=state,
        channel=rng.choice(CHANNELS),
        owner_id=rng.choice((*staff, None)),
        received_at=received_at,
        last_in_at=received_at,
        is_outside_hours=rng.random() < 0.3,
        urgency=rng.choice((0, 0, 0, 0, 2, 4)),
        due_at=received_at + timedelta(minutes=rng.randrange(60 * 24 * 130)) if state == State.OPEN else None,
        closed_at=received_at + timedelta(days=1) if is_closed else None,
        closed_because="phone" if is_closed else "",
        created_at=received_at,
        updated_at=received_at,
    )
