"""The sample's group of inquiries that ask the same: those with an answer, the templates of the team, and the address it answers from."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.interfaces.integrations.demo import content
from kizuna.success.answering import actions as answering
from kizuna.success.inbox import actions
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox.models import SupportAddress

FOLDER = Path(settings.BASE_DIR) / "demo" / "misebako"
ANSWERED_AFTER, THANKED_AFTER, CLOSED_AFTER = timedelta(hours=2), timedelta(hours=5), timedelta(hours=6)
TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "name": "休業日の案内",
        "body": "「設定 → 営業カレンダー」で休業日を決めると、商品ページに自動で出ます。確認メールには［休業日の表］を入れてください。",
        "category": "休業日",
    },
    {
        "name": "確認のお時間をいただく",
        "body": "ご連絡をありがとうございます。担当の者と確認し、3営業日以内にあらためてお返事します。",
        "next_state": "snoozed",
        "snooze_days": 3,
    },
    {
        "name": "電話に切り替える",
        "body": "画面を見ながらのほうが早いため、お電話でご案内します。ご都合のよい日時を2つほどお知らせください。",
    },
)
Line = dict[str, Any]


def load_alike(*, people: dict[str, Member], asking: list[tuple[int, int | None]], now: datetime) -> int:
    """Write what was asked alike and answered, and return how many."""
    owner: Any = viewer_of(people["saeki"])
    if not SupportAddress.objects.exists():
        mailbox.save_address(
            viewer=owner, support=None, address="support@misebako.example", name="みせばこ サポート", category="",
            has_tags=False, is_active=True, now=now,
        )  # fmt: skip
    for fields in TEMPLATES:
        answering.save_macro(viewer=owner, template=None, fields=fields, now=now)
    items = content.table(FOLDER, "alike.toml")["inquiry"]
    for number, item in enumerate(items):
        account_id, contact_id = asking[(number * 5 + 1) % len(asking)] if asking else (None, None)
        _answered(item, number, account_id, contact_id, people, now=now - timedelta(days=item["days"]))
    answering.take_in(now=now, limit=1000)
    answering.link_waiting(now=now, limit=1000)
    return len(items)


def _answered(
    item: Line,
    number: int,
    account_id: int | None,
    contact_id: int | None,
    people: dict[str, Member],
    *,
    now: datetime,
) -> None:
    viewer: Any = viewer_of(people[item["owner"]])
    arrival = Arrival(
        item["channel"],
        item["title"],
        item["body"],
        now,
        account_id=account_id,
        contact_id=contact_id,
        sender="" if item["channel"] == "phone" else f"shop{number}@customer.example",
        external_id=f"sample:alike:{number}",
    )
    inquiry = receive(arrival=arrival, now=now).inquiry
    actions.assign(viewer=viewer, inquiry=inquiry, owner_id=viewer.member_id, now=now)
    actions.note_minutes(viewer=viewer, inquiry=inquiry, minutes=item["minutes"], now=now)
    because = Inquiry.Reason.PHONE
    if "answer" in item:
        because = Inquiry.Reason.ANSWERED
        delivery = actions.send_reply(viewer=viewer, inquiry=inquiry, body=item["answer"], now=now + ANSWERED_AFTER)
        actions.note_sent(delivery_id=delivery.pk, now=now + ANSWERED_AFTER)
    if "thanks" in item:
        thanks = Arrival(item["channel"], item["title"], item["thanks"], now + THANKED_AFTER, continues=inquiry.pk)
        receive(arrival=thanks, now=now + THANKED_AFTER)
    inquiry.refresh_from_db()
    actions.close_inquiry(viewer=viewer, inquiry=inquiry, because=because, now=now + CLOSED_AFTER)
