"""`kizuna bench customers`: the list, its filters and rules, the search by name, a customer's page and a long timeline."""

import csv
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kizuna.base.hosting import directory, entered
from kizuna.base.text import japanese
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.interfaces.bench import usage
from kizuna.interfaces.cli.commands.migrate import migrate_community
from kizuna.success.customers import actions, naming
from kizuna.success.customers.models import (
    Account,
    AccountName,
    Contact,
    Contract,
    ContractLine,
    Employment,
    Touchpoint,
)

SEED = 20261127
NAMES = Path(__file__).resolve().parents[3] / "bench" / "names-ja"
ACCOUNTS = 500_000
LONG_TIMELINE = 100_000
TEAM = 20
ROUNDS = 25
CHUNK = 5_000
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FORMS = ("株式会社", "有限会社", "合同会社", "(株)", "医療法人")
TRADES = (
    "商店:しょうてん 製作所:せいさくしょ 工業:こうぎょう 建設:けんせつ 食品:しょくひん 物産:ぶっさん 印刷:いんさつ "
    "電機:でんき 運輸:うんゆ 薬局:やっきょく 酒造:しゅぞう 不動産:ふどうさん フーズ:フーズ システム:システム "
    "デザイン:デザイン 木材:もくざい 農園:のうえん 鉄工所:てっこうしょ 茶舗:ちゃほ 旅館:りょかん 紙業:しぎょう"
).split()
PLACES = (
    "",
    "",
    "",
    "東:ひがし",
    "西:にし",
    "新:しん",
    "大:おお",
    "第一:だいいち",
    "日本:にほん",
    "関西:かんさい",
    "京都:きょうと",
)
REGIONS = ("東京", "大阪", "愛知", "福岡", "北海道", "京都", "宮城", "広島")
TRADE_WORDS = ("食品", "小売", "製造", "建設", "医療", "物流", "IT")
SEARCHES = {
    "search, two letters": "商店",
    "search, one letter": "山",
    "search, a name": "佐藤製作所",
    "search, a reading": "サトウセイ",
    "search, a part of a few": "一色茶舗",
    "search, a long name": "日本勅使河原製作所販売",
    "search, a number": "C-4321",
    "search, nobody": "zzqx",
}
Say = Callable[[str], None]


def run(*, folder: Path | None, accounts: int, say: Say) -> dict[str, Any]:
    """Fill the community in `folder` (kept) or in `DATABASE_URL` and open each page some times, signed in, in this process."""
    with tempfile.TemporaryDirectory(prefix="kizuna-bench-") as temporary:
        os.environ["KIZUNA_HOME"] = str(folder or Path(temporary))
        community = directory().all()[0]
        with entered(community):
            migrate_community(community, verbosity=0)
            if Account.objects.count() < accounts:
                build(accounts=accounts, say=say)
            emi = Member.objects.get(handle="bench_staff0")
            client = Client()
            client.cookies[signin.COOKIE] = members.start_sign_in(member=emi, method="test", now=timezone.now())
            rows = [timed(client, name, address, say) for name, address in pages().items()]
            result = {"conditions": conditions(accounts), "pages": rows}
            connection.close()
            return result


def pages() -> dict[str, str]:
    """Return the addresses that are measured, by what they are."""
    home = "/desk/customers/"
    longest = Account.objects.get(external_id="C-0").pk
    found = {
        "list": home,
        "list, mine": f"{home}?owner=me",
        "list, nobody's": f"{home}?owner=none",
        "list, by amount": f"{home}?sort=amount",
        "list, under contract, by last touch": f"{home}?state=active&sort=touch",
        "list, term ends within 90 days": f"{home}?renews=90&sort=renewal",
        "list, notice within 30 days, mine": f"{home}?notice=30&owner=me&sort=notice",
        "list, households that fit": f"{home}?kind=household&fit=yes",
    }
    found |= {name: f"{home}?{urlencode({'q': text})}" for name, text in SEARCHES.items()}
    found["search, two letters, mine"] = f"{home}?owner=me&q={quote('商店')}"
    return found | {"customer": f"{home}{longest}/", "timeline of 100,000": f"{home}{longest}/timeline/"}


def build(*, accounts: int, say: Say) -> None:
    """Make the team, accounts with names, contracts and people, and one long timeline: the same ones each time."""
    rng = random.Random(SEED)  # noqa: S311 (repeatable, not secret)
    team = make_team()
    for start in range(0, accounts, CHUNK):
        _accounts(rng, team, start, min(CHUNK, accounts - start))
        if start % 50_000 == 0:
            say(f"{start} accounts")
    _timeline(rng, Account.objects.get(external_id="C-0").pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def make_team() -> list[int]:
    made = [
        Member(
            handle=f"bench_staff{number}", name=f"担当 {number}", email=f"staff{number}@example.com",
            email_key=f"staff{number}@example.com", joined_at=START,
        )
        for number in range(TEAM)
    ]  # fmt: skip
    Member.objects.bulk_create(made)
    RoleGrant.objects.bulk_create(
        RoleGrant(member=member, role=Role.SUCCESS_MANAGER, granted_at=START) for member in made
    )
    return [member.pk for member in made]


def _accounts(rng: random.Random, team: list[int], start: int, count: int) -> None:
    made = [_account(rng, team, number) for number in range(start, start + count)]
    Account.objects.bulk_create(made, batch_size=CHUNK)
    names = [name for account in made for name in _names(account)]
    AccountName.objects.bulk_create(names, batch_size=CHUNK)
    actions.keep_tails(account_ids=[account.pk for account in made], are_new=True)
    held = [account for account in made if account.monthly_amount]
    contracts = [_contract(account) for account in held]
    Contract.objects.bulk_create(contracts, batch_size=CHUNK)
    ContractLine.objects.bulk_create(
        [
            ContractLine(
                contract=contract, product="みせばこ", plan=rng.choice(["S", "M", "L"]), seats=rng.randint(1, 40),
                unit_price=1_000, starts_on=contract.starts_on,
            )
            for contract in contracts
        ],
        batch_size=CHUNK,
    )  # fmt: skip
    known = rng.sample(made, count // 5)
    people = [Contact(name="先方 担当", created_at=START, updated_at=START) for _account_known in known]
    Contact.objects.bulk_create(people, batch_size=CHUNK)
    Employment.objects.bulk_create(
        [
            Employment(
                contact=contact, account=account, department=rng.choice(["経理部", "総務部", "購買部"]), started_at=START
            )
            for contact, account in zip(people, known, strict=True)
        ],
        batch_size=CHUNK,
    )  # fmt: skip


def _account(rng: random.Random, team: list[int], number: int) -> Account:
    name, kana = _name(rng)
    is_active = rng.random() < 0.7
    days = rng.randint(1, 700)
    return Account(
        kind=rng.choices(["firm", "person", "household"], [0.9, 0.07, 0.03])[0], name=name, kana=kana,
        reading=naming.reading_of(name=name, kana=kana), external_id=f"C-{number}", region=rng.choice(REGIONS),
        industry=rng.choice(TRADE_WORDS), state="active" if is_active else rng.choice(["prospect", "ended"]),
        fit=rng.choice(["yes", "no", "unknown"]), owner_id=rng.choice([None, *team]),
        employee_count=rng.randint(1, 900),
        monthly_amount=rng.randint(1, 400) * 1_000 if is_active else 0,
        renews_on=(START + timedelta(days=days)).date() if is_active else None,
        notice_by=(START + timedelta(days=days - 30)).date() if is_active else None,
        last_touched_at=START - timedelta(minutes=rng.randint(1, 900_000)) if rng.random() < 0.6 else None,
        created_at=START, updated_at=START,
    )  # fmt: skip


def _name(rng: random.Random) -> tuple[str, str]:
    surname, reading = _surnames()[min(int(rng.expovariate(1 / 400)), len(_surnames()) - 1)]
    trade, trade_reading = rng.choice(TRADES).split(":")
    place, place_reading = (rng.choice(PLACES) or ":").split(":")
    form = rng.choice(FORMS)
    core = f"{place}{surname}{trade}"
    name = f"{form}{core}" if rng.random() < 0.6 else f"{core}{form}"
    return name, japanese.hiragana(place_reading + reading + trade_reading)


def _surnames() -> list[list[str]]:
    if not SURNAMES:
        with (NAMES / "surnames.csv").open() as file:
            SURNAMES.extend(csv.reader(file))
    return SURNAMES


SURNAMES: list[list[str]] = []


def _names(account: Account) -> Iterator[AccountName]:
    for kind, text in (("own", account.name), ("kana", account.kana)):
        yield AccountName(
            account=account,
            kind=kind,
            text=text,
            folded=naming.folded(text),
            match_key=naming.match_key(text),
            since=START,
        )


def _contract(account: Account) -> Contract:
    return Contract(
        account=account, starts_on=(START - timedelta(days=400)).date(), ends_on=account.renews_on, created_at=START,
        updated_at=START,
    )  # fmt: skip


def _timeline(rng: random.Random, account_id: int) -> None:
    """Write one long timeline, and as many entries on others."""
    last = Account.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for start in range(0, LONG_TIMELINE, CHUNK):
        numbers = range(start, start + CHUNK)
        own = [_touch(rng, f"bench:{number}", account_id) for number in numbers]
        others = [_touch(rng, f"bench-other:{number}", last - rng.randint(0, 200_000)) for number in numbers]
        known = [touch for touch in others if (touch.account_id or 0) > account_id]
        Touchpoint.objects.bulk_create([*own, *known], batch_size=CHUNK)


def _touch(rng: random.Random, key: str, account_id: int) -> Touchpoint:
    return Touchpoint(
        key=key, account_id=account_id, channel=rng.choice(["community", "contract", "purchase"]),
        at=START - timedelta(minutes=rng.randint(1, 500_000)), title="定期便の送料について", excerpt="設定の画面を確認しました。",
        search_text="定期便の送料について",
    )  # fmt: skip


def timed(client: Client, name: str, address: str, say: Say) -> dict[str, Any]:
    for _warming in range(3):
        answer = client.get(address)
    with CaptureQueriesContext(connection) as capturing:
        client.get(address)
        asked = list(capturing.captured_queries)  # the next request forgets them
    seconds, start_cpu = [], _cpu_ms()
    for _round in range(ROUNDS):
        start = time.perf_counter()
        client.get(address)
        seconds.append((time.perf_counter() - start) * 1000)
    row = {
        "page": name, "address": address, "status": answer.status_code, "p50_ms": round(median(seconds), 1),
        "p95_ms": round(quantiles(seconds, n=20)[-1], 1), "best_ms": round(min(seconds), 1),
        "cpu_ms": round((_cpu_ms() - start_cpu) / ROUNDS, 1), "queries": len(asked), "bytes": len(answer.content),
        "slowest": max(asked, key=lambda query: float(query["time"]))["sql"][:400] if asked else "",
    }  # fmt: skip
    say(
        f"{name:40} p50 {row['p50_ms']:>7} ms  p95 {row['p95_ms']:>7} ms  CPU {row['cpu_ms']:>6} ms  {len(asked):>3} SQL"
    )
    return row


def _cpu_ms() -> float:
    """Return the CPU time of this process and of the database's for this connection."""
    pids = [os.getpid()]
    if connection.vendor == "postgresql" and connection.settings_dict["HOST"] in ("", "127.0.0.1", "localhost"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
    return usage.cpu_ms(pids)


def conditions(accounts: int) -> dict[str, Any]:
    return {
        "accounts": accounts, "database": connection.vendor, "cpus": os.cpu_count(), "python": platform.python_version(),
        "rounds": ROUNDS, "load": os.getloadavg()[0],
    }  # fmt: skip
