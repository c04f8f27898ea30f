"""The companies behind the sample's members: contracts, people and notes, written through the ordinary actions."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, money
from kizuna.success.customers.matching.linking import best
from kizuna.success.customers.matching.scoring import Firm
from kizuna.success.customers.models import Account, Contract, Employment
from kizuna.success.encounters import actions as encounters

PRICES = {"ライト": 4_800, "スタンダード": 12_000, "プロ": 32_000}  # a month and shop, before tax
NOTES = {
    "noticed": "解約のお申し出がありました。理由は「{reason}」とのことです。",
    "asked": "電話{minutes}分。冷凍便の送料を地域ごとに変えたいとのご相談。今は一律にしか設定できないことをお伝えしました。",
    "member": "広場での回答にお礼をお伝えしました。ほかのお店の方にも役立っているそうです。",
    "visit": "オンライン相談（{minutes}分）。年末に向けて、のしと営業日の設定を一緒に確認しました。",
}

# (customer's number, who of us, kind, direction, days ago, minutes, about, what was said)
CALLS = (
    (
        "M-1003",
        "okubo",
        "call",
        "in",
        10,
        12,
        "倉庫の担当の交代",
        "倉庫の担当が10月末で交代。引き継ぎ資料がほしいとのこと。",
    ),
    ("M-1003", "okubo", "meeting", "none", 38, 45, "年末の準備", "のしの運用と営業日の設定を一緒に見直しました。"),
    (
        "M-1002",
        "saeki",
        "mail",
        "out",
        5,
        None,
        "お支払い方法の切り替え",
        "確認して金曜までにお返事するとお送りしました。",
    ),
    (
        "M-1004",
        "saeki",
        "call",
        "out",
        12,
        20,
        "新茶の予約販売",
        "公開日は3月1日の予定。去年の設定を使い回せるとお伝えしました。",
    ),
)


def load_customers(folder: Path, *, people: dict[str, Member], now: datetime) -> int:
    """Write the customers of the sample and return how many."""
    with (folder / "customers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    viewer = viewer_of(people["okubo"])
    began = now - timedelta(days=1200)
    accounts = actions.create_accounts(viewer=viewer, rows=[_account(row, people) for row in rows], now=began)
    _people(viewer, rows, accounts, people, now=now)
    _contracts(viewer, rows, accounts, now=now)
    _notes(rows, accounts, people, now=now)
    _calls(accounts, people, now=now)
    _doubles(accounts, now=now)
    return len(accounts)


def _account(row: dict[str, str], people: dict[str, Member]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kana": row["kana"],
        "external_id": row["number"],
        "region": row["region"],
        "industry": row["industry"],
        "owner_id": people[row["owner"]].pk if row["owner"] else None,
        "fit": row["fit"],
        "community_touch": row["touch"] == "1",
    }


def _people(
    viewer: Viewer, rows: list[dict[str, str]], accounts: list[Account], people: dict[str, Member], *, now: datetime
) -> None:
    contacts = actions.add_contacts(
        viewer=viewer,
        rows=[
            {
                "account_id": account.pk,
                "name": row["contact"],
                "kana": row["contact_kana"],
                "department": row["department"],
                "title": row["post"],
                "email": people[row["member"]].email if row["member"] else "",
                "how": Employment.How.STAFF,
                "started_at": now - timedelta(days=int(row["started_days_ago"]) + 30),
            }
            for row, account in zip(rows, accounts, strict=True)
        ],
        now=now,
    )
    for row, contact in zip(rows, contacts, strict=True):
        if row["member"]:
            actions.link_member(viewer=viewer, contact=contact, member=people[row["member"]], now=now)


def _contracts(viewer: Viewer, rows: list[dict[str, str]], accounts: list[Account], *, now: datetime) -> None:
    today = local_day(now)
    actions.sign_contracts(
        viewer=viewer,
        rows=[_contract(row, account, today=today) for row, account in zip(rows, accounts, strict=True)],
        now=now,
    )
    signed = {contract.account_id: contract for contract in Contract.objects.filter(account__in=accounts)}
    for row, account in zip(rows, accounts, strict=True):
        if row["noticed_days_ago"]:
            contract, days = signed[account.pk], int(row["noticed_days_ago"])
            actions.give_notice(
                viewer=viewer,
                contract=contract,
                noticed_on=today - timedelta(days=days),
                ended_on=today + timedelta(days=30 - days),
                reason=row["reason"],
                now=now - timedelta(days=days),
            )
    actions.refresh_accounts(account_ids=list(signed), today=today, viewer=viewer, now=now)


def _contract(row: dict[str, str], account: Account, *, today: date) -> dict[str, Any]:
    """Return a contract in its present term: it began as the file says and has gone on by itself since."""
    starts_on = today - timedelta(days=int(row["started_days_ago"]))
    over = starts_on
    while over <= today:
        over = money.later(over, months=12)
    ends_on = over - timedelta(days=1)
    months = 12 if row["billing"] == Contract.Billing.YEARLY else 1
    line = {
        "product": "みせばこ",
        "plan": row["plan"],
        "seats": int(row["seats"]),
        "unit_price": PRICES[row["plan"]] * months,
        "tax_percent": 10,
    }
    return {
        "account_id": account.pk,
        "external_id": row["number"].replace("M-", "K-"),
        "title": f"みせばこ {row['plan']}",
        "billing": row["billing"],
        "starts_on": starts_on,
        "ends_on": ends_on,
        "notice_by": ends_on - timedelta(days=30),
        "lines": [line],
    }


def _notes(rows: list[dict[str, str]], accounts: list[Account], people: dict[str, Member], *, now: datetime) -> None:
    for place, (row, account) in enumerate(zip(rows, accounts, strict=True)):
        writer = viewer_of(people[row["owner"] or "okubo"])
        for words, days in _said(row, place):
            body = NOTES[words].format(reason=row["reason"], minutes=_minutes(words, place))
            at = now - timedelta(days=days, hours=place % 7)
            actions.write_note(viewer=writer, account=account, body=body, is_internal=True, now=at)


def _minutes(words: str, place: int) -> int:
    """Return how long a talk took: those about frozen goods were long."""
    return 45 + place % 3 * 10 if words == "asked" else 20 + place % 4 * 5


def _calls(accounts: list[Account], people: dict[str, Member], *, now: datetime) -> None:
    """Log the calls, meetings and mails of the sample."""
    by_number = {account.external_id: account for account in accounts}
    for number, handle, kind, direction, days, minutes, title, body in CALLS:
        account = by_number[number]
        seats = Employment.objects.filter(account=account, ended_at=None).order_by("pk")[:1]
        fields = {
            "kind": kind,
            "direction": direction,
            "at": now - timedelta(days=days, hours=2),
            "minutes": minutes,
            "title": title,
            "body": body,
            "contact_ids": [seat.contact_id for seat in seats],
            "member_ids": [people[handle].pk],
        }
        encounters.log_encounter(viewer=viewer_of(people[handle]), account=account, fields=fields, now=now)


def _said(row: dict[str, str], place: int) -> list[tuple[str, int]]:
    """Return which notes an account has, and how many days ago: those who left over frozen goods had asked before."""
    said = [("visit", 20 + place % 90)] if place % 3 == 0 else []
    if row["noticed_days_ago"]:
        days = int(row["noticed_days_ago"])
        said.append(("noticed", days))
        if "冷凍便" in row["reason"]:
            said += [("asked", days + 24), ("asked", days + 61)]
    elif row["member"] and place % 2:
        said.append(("member", 6 + place % 25))
    return said


def _doubles(accounts: list[Account], *, now: datetime) -> None:
    """Propose the pairs that the matching finds among the accounts themselves, as an import would."""
    firms = [Firm(account.name, kana=account.kana, ref=account.pk) for account in accounts]
    for place, firm in enumerate(firms):
        link = best(firm, firms[:place])
        if link is not None:
            actions.note_match(
                account_id=int(link.account.ref),
                subject=("account", str(firm.ref)),
                text=firm.name,
                confidence=link.match.confidence,
                reason=link.match.reason,
                verdict="proposed",
                now=now,
            )
