"""What the sample's customers did in the product, in the wire format their own systems would send it in; then the night's look at it."""

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from kizuna.base import hosting
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member
from kizuna.success.usage import folding, jobs
from kizuna.success.usage.intake import journal
from kizuna.success.usage.wire import journal_line

WEEKS = 9
EVENTS = ("受注を確認", "送り状を印刷", "商品を登録", "在庫を更新", "お知らせメールを送信")
LINES_AT_ONCE = 500
# Some customers use less lately, some more, one began not long ago: (customer's number, days ago, share from then on).
TURNS = {"M-1002": (9, 2.6), "M-1003": (17, 0.0), "M-1008": (12, 0.3), "M-1012": (30, 0.0), "M-1015": (10, 2.5)}
BEGAN = {"M-1005": 12}


def load_usage(folder: Path, *, owner: Member, now: datetime) -> int:
    """Send the usage of the sample through the journal, fold it, look at every account, and return how many events there were."""
    system = members.system_viewer()
    key, _secret = members.make_token(viewer=system, member=owner, scopes=["usage:write"], name="みせばこ本体", now=now)
    lines, count = [], 0
    for event in _events(folder, now=now):
        lines.append(journal_line(event, kind="track", key=key.pk, received_at=now, sent_at=None))
        count += 1
        if len(lines) == LINES_AT_ONCE:
            journal().append(b"".join(lines))
            lines.clear()
    journal().append(b"".join(lines))
    hosting.current().caches.pop("usage_journal").close()
    folding.fold_waiting(clock=timezone.now, seconds=120)
    jobs.look_at_accounts()
    return count


def _events(folder: Path, *, now: datetime) -> Iterator[dict]:
    with (folder / "customers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from _of_customer(row, now=now)


def _of_customer(row: dict[str, str], *, now: datetime) -> Iterator[dict]:
    """Yield what one shop's people did on working days: as many people as seats, each on some days, the same every time."""
    number, chance = row["number"], random.Random(row["number"])  # noqa: S311  (a sample, no secret)
    left = int(row["noticed_days_ago"] or 0)
    oldest = min(7 * WEEKS, int(row["started_days_ago"]), BEGAN.get(number, 7 * WEEKS))
    for days_ago in range(oldest, 0, -1):
        day = now - timedelta(days=days_ago)
        if day.weekday() == 6 or (left and days_ago < left):
            continue
        turned, share = TURNS.get(number, (0, 1.0))
        likely = 0.42 * (share if days_ago <= turned else 1.0)
        for person in range(1, min(int(row["seats"]), 5) + 2):
            if chance.random() >= likely:
                continue
            for part in range(1 + chance.randrange(3)):
                at = day.replace(hour=chance.randrange(9), minute=chance.randrange(60))
                yield {
                    "messageId": f"{number}-{days_ago}-{person}-{part}",
                    "userId": f"{number}-{person}",
                    "event": chance.choice(EVENTS),
                    "timestamp": at.isoformat(),
                    "context": {"groupId": number},
                }
