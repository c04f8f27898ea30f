"""What the sample's customers asked by mail, form and telephone in the last months, and what they answered when asked."""

import random
from datetime import datetime, timedelta
from typing import Any

from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.surveys import actions as surveys
from kizuna.interfaces.integrations.demo.alike import load_alike
from kizuna.interfaces.integrations.demo.queue import load_queue
from kizuna.success.customers.models import Account, Employment
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry

DAYS = 90
COUNT = 64
ANSWERS = 58
OWNERS = ("hayashi", "oka", "okubo")
# (title, what was written, category, channel, hours until the first answer, hours until it was closed)
ASKED = (
    ("送り状の住所が途中で切れます", "建物名が長いと、住所が途中で切れて印刷されます。", "送り状", "mail", 3, 26),
    ("定期便のお届け日を変えたい", "お届け日を1週間遅らせたいそうです。店の側で変えられますか。", "定期便", "form", 2, 5),
    ("請求書の宛名を変更してください", "来月分から請求書の宛名を本社あてに変えてください。", "請求", "mail", 5, 30),
    ("在庫の数が合いません", "実店舗で売った分が在庫に反映されていないようです。連携の設定を見ていただけますか。", "在庫", "phone", 1, 50),
    ("スタッフを追加する手順", "年末に向けてスタッフを2名追加します。権限の分け方を知りたいです。", "アカウント", "form", 2, 4),
    ("クール便の送料を地域ごとに設定したい", "冷凍の商品だけ、北海道と沖縄の送料を変えたいです。", "送料", "mail", 4, 28),
    ("領収書をまとめて出したい", "先月分の領収書を一度に書き出す方法はありますか。", "請求", "form", 3, 7),
    ("ギフトののしを選べるようにしたい", "内のしと外のしをお客さまに選んでもらえる設定はありますか。", "商品", "phone", 1, 75),
)  # fmt: skip
# (score, comment, how many of ten)
SAID = (
    (10, "定期便の変更をお客さまに任せられるようになって、電話が減りました。", 1),
    (9, "質問するとほかの店の方がすぐ答えてくれます。", 2),
    (8, "", 2),
    (7, "設定の場所が分かりにくいことがあります。", 2),
    (6, "", 1),
    (5, "冷凍の商品の送料設定が難しいです。", 1),
    (3, "問い合わせの返事に時間がかかりました。", 1),
)


def load_inquiries(*, people: dict[str, Member], now: datetime, import_id: int) -> int:
    """Write inquiries and answers, each at its time, and return how many inquiries there are."""
    chance = random.Random(COUNT)  # noqa: S311  (a sample, no secret)
    asking = _asking(now)
    rows = [_inquiry(number, asking, people, chance, now=now) for number in range(COUNT)]
    viewer: Any = viewer_of(people["saeki"])
    inbox.open_inquiries(viewer=viewer, rows=rows, now=now, import_id=import_id)
    _answers(viewer, asking, now=now, import_id=import_id)
    count = len(rows) + load_queue(people=people, asking=asking, now=now)
    return count + load_alike(people=people, asking=asking, now=now)


def _asking(now: datetime) -> list[tuple[int, int | None]]:
    """Return (account, contact) of the customers that were there before the time of the inquiries."""
    since = (now - timedelta(days=DAYS)).date()
    accounts = Account.objects.filter(customer_since__lt=since).exclude(state=Account.State.MERGED).order_by("pk")
    contacts = dict(
        Employment.objects.filter(ended_at=None).order_by("-pk").values_list("account_id", "contact_id").iterator()
    )
    return [(pk, contacts.get(pk)) for pk in accounts.values_list("pk", flat=True)]


def _inquiry(
    number: int,
    asking: list[tuple[int, int | None]],
    people: dict[str, Member],
    chance: random.Random,
    *,
    now: datetime,
) -> dict[str, Any]:
    title, body, category, channel, answered, closed = ASKED[number % len(ASKED)]
    account_id, contact_id = chance.choice(asking)
    received_at = now - timedelta(hours=24 * 9 + DAYS * 24 * number / COUNT * chance.uniform(0.9, 1))
    answered_at = received_at + timedelta(hours=answered * chance.uniform(0.5, 2))
    closed_at = received_at + timedelta(hours=closed * chance.uniform(1, 2) + answered * 2)
    return {
        "title": title,
        "body": body,
        "category": category,
        "channel": channel,
        "state": Inquiry.State.CLOSED,
        "priority": Inquiry.Priority.HIGH if category == "在庫" else Inquiry.Priority.NORMAL,
        "owner_id": people[OWNERS[number % len(OWNERS)]].pk,
        "account_id": account_id,
        "contact_id": contact_id,
        "received_at": received_at,
        "first_response_at": answered_at,
        "closed_at": closed_at,
        "external_id": f"Q-{1000 + COUNT - number}",
    }


def _answers(viewer: Viewer, asking: list[tuple[int, int | None]], *, now: datetime, import_id: int) -> None:
    survey = surveys.make_survey(viewer=viewer, title="ご利用についてのアンケート（秋）", now=now - timedelta(days=40))
    said = [(score, comment) for score, comment, share in SAID for _number in range(share)]
    rows = []
    for number, (account_id, contact_id) in enumerate(asking[:ANSWERS]):
        score, comment = said[number * 7 % len(said)]
        rows.append(
            {
                "survey_id": survey.pk,
                "score": score,
                "comment": comment if number % 3 == 0 else "",
                "account_id": account_id,
                "contact_id": contact_id,
                "external_id": f"S-{number + 1}",
                "answered_at": now - timedelta(days=38 - number % 14, hours=number % 9),
            }
        )
    surveys.note_responses(viewer=viewer, rows=rows, now=now, import_id=import_id)
