"""`kizuna bench segments`: how long one, two and three conditions over a large membership take, and by which plan."""

import os
import platform
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from kizuna.base import rules
from kizuna.base.hosting import directory, entered
from kizuna.core.activity.models import MemberDayCount
from kizuna.core.activity.rollups import day_zone
from kizuna.core.members.models import Member
from kizuna.interfaces.bench import usage
from kizuna.interfaces.cli.commands.migrate import migrate_community

SEED = 20261122
MEMBERS = 100_000
ACTIVE_SHARE = 0.2  # of the members, in any month: communities are mostly readers
DAYS = 180
ROUNDS = 9
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
VERBS = ("topic.posted", "post.replied", "reaction.given", "member.signed_in")
Say = Callable[[str], None]

POSTS = {"fact": "discussions.posts", "op": "gte", "value": 3, "days": 30}
FEWER = {"fact": "discussions.posts", "op": "lt", "value": 3, "days": 30}
FELL = {"fact": "discussions.posts", "op": "fell_by", "value": 30, "days": 30}
VOTES = {"fact": "discussions.votes", "op": "eq", "value": 0, "days": 90}
JOINED = {"fact": "member.joined_at", "op": "past_over", "value": 90}
COMPANY = {"fact": "member.company", "op": "contains", "value": "商店"}
RULES: dict[str, dict[str, Any]] = {
    "one window": POSTS,
    "one window, complement": FEWER,
    "one change": FELL,
    "one window of 180 days": {**POSTS, "days": 180},
    "one text": COMPANY,
    "three, all": {"all": [POSTS, JOINED, COMPANY]},
    "three windows, all": {"all": [POSTS, FELL, VOTES]},
    "three, any": {"any": [POSTS, FELL, COMPANY]},
    "three, none": {"none": [POSTS, VOTES, COMPANY]},
}


def run(*, folder: Path | None, members: int, say: Say) -> dict[str, Any]:
    """Fill the community in `folder` (kept) or in `DATABASE_URL` and time each rule: median of some exact counts, warm."""
    with tempfile.TemporaryDirectory(prefix="kizuna-bench-") as temporary:
        os.environ["KIZUNA_HOME"] = str(folder or Path(temporary))
        community = directory().all()[0]
        with entered(community):
            migrate_community(community, verbosity=0)
            if Member.objects.filter(is_system=False).count() < members:
                build(members=members, say=say)
            result = {
                "conditions": _conditions(members),
                "rules": [_timed(name, root, say) for name, root in RULES.items()],
            }
            connection.close()
            return result


def build(*, members: int, say: Say) -> None:
    """Make members and their days, the same ones each time."""
    rng = random.Random(SEED)  # noqa: S311 (repeatable, not secret)
    Member.objects.bulk_create(_members(rng, members), batch_size=2_000)
    ids = list(Member.objects.filter(is_system=False).values_list("pk", flat=True))
    rows = MemberDayCount.objects.bulk_create(_days(rng, ids), batch_size=5_000)
    say(f"{members} members, {len(rows)} counted days")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _members(rng: random.Random, count: int) -> Iterator[Member]:
    for number in range(count):
        yield Member(
            handle=f"bench{number}",
            name=f"Bench {number}",
            email=f"bench{number}@example.com",
            email_key=f"bench{number}@example.com",
            company=f"{rng.choice(['山田', '青波', '森山', 'Acorn'])}{rng.choice(['商店', '製パン', '工房'])}",
            joined_at=NOW - timedelta(days=rng.random() * 900),
            last_seen_on=(NOW - timedelta(days=rng.random() * 300)).date(),
        )


def _days(rng: random.Random, ids: list[int]) -> Iterator[MemberDayCount]:
    today = NOW.date()
    for month in range(DAYS // 30):
        for member in rng.sample(ids, int(len(ids) * ACTIVE_SHARE)):
            for offset in rng.sample(range(30), rng.randint(1, 6)):
                day = today - timedelta(days=month * 30 + offset)
                for verb in rng.sample(VERBS, rng.randint(1, 3)):
                    yield MemberDayCount(member_id=member, verb=verb, day=day, count=rng.randint(1, 4))


def _timed(name: str, root: dict[str, Any], say: Say) -> dict[str, Any]:
    moment, known = rules.Moment(NOW, day_zone()), rules.catalogue()
    rule = rules.parse({"version": 1, "entity": "member", "root": root})
    seconds, hits, start_cpu = [], 0, _cpu_ms()
    for _round in range(ROUNDS):
        start = time.perf_counter()
        hits = rules.matching(rule, catalogue=known, moment=moment).count()
        seconds.append(time.perf_counter() - start)
    cpu = (_cpu_ms() - start_cpu) / ROUNDS
    found = rules.matching(rule, catalogue=known, moment=moment).values("pk")
    plan = found.explain(analyze=True) if connection.vendor == "postgresql" else found.explain()
    row = {
        "rule": name, "members": hits, "p50_ms": round(median(seconds) * 1000, 1),
        "best_ms": round(min(seconds) * 1000, 1), "cpu_ms": round(cpu, 1),
        "plan": plan.splitlines(),
    }  # fmt: skip
    say(f"{name:24} {hits:>7} members  {row['p50_ms']:>7} ms (best {row['best_ms']} ms, CPU {row['cpu_ms']} ms)")
    return row


def _cpu_ms() -> float:
    """Return the CPU time of this process and of the database's for this connection: a busy machine stretches the clock only."""
    pids = [os.getpid()]
    if connection.vendor == "postgresql" and connection.settings_dict["HOST"] in ("", "127.0.0.1", "localhost"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
    return usage.cpu_ms(pids)


def _conditions(members: int) -> dict[str, Any]:
    return {
        "members": members,
        "counted_days": MemberDayCount.objects.count(),
        "database": connection.vendor,
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "rounds": ROUNDS,
        "load": os.getloadavg()[0],
    }
