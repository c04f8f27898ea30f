"""Inquiries from another help desk: one row each, by the ticket's number; a later export changes state, owner and times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.core.members.policies import Refused
from kizuna.success.imports.kinds import referring, taking_back
from kizuna.success.imports.kinds.customers.fields import choices_of
from kizuna.success.imports.owners import Owners
from kizuna.success.imports.records import ADDED, SET, Context, ImportField, Incoming, Plan, Undoing, Undone, listed
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Inquiry

THING = "inquiry"
STATES = choices_of(
    open="新規|未対応|対応中|オープン|未解決|new|in progress|reopened",
    waiting="返答待ち|顧客待ち|保留|お客様確認中|pending|on hold|hold|waiting for customer",
    closed="完了|解決|解決済み|対応完了|クローズ|終了|solved|resolved|done",
)
PRIORITIES = choices_of(
    low="低|低い|minor", normal="中|普通|通常|medium", high="高|高い|major", urgent="緊急|至急|最優先|critical|highest"
)
CHANNELS = choices_of(
    mail="メール|Eメール|email|e-mail", phone="電話|TEL|telephone|voice|call", chat="チャット|Slack|messaging|messenger",
    form="フォーム|Web|ウェブ|問い合わせフォーム|web form|portal", visit="訪問|対面|来店|in person",
    line="LINE|ライン", widget="ウィジェット|埋め込みフォーム|web widget",
    social="SNS|X|Twitter|Instagram|Facebook|YouTube|social media", other="その他|api",
)  # fmt: skip
OWN = (
    ImportField(
        "external_id",
        _("Number of the inquiry"),
        listed(
            "チケット番号|チケットID|問い合わせ番号|受付番号|案件番号|ケース番号|ticket id|ticket number|case number|ticket|id"
        ),
        is_needed=True,
    ),
    ImportField(
        "title",
        pgettext_lazy("inquiry", "Title"),
        listed("件名|タイトル|題名|問い合わせ件名|subject|title|summary"),
    ),
    ImportField(
        "body",
        pgettext_lazy("inquiry", "Text"),
        listed("本文|内容|問い合わせ内容|詳細|description|body|content|message"),
        "text",
    ),
    ImportField(
        "state",
        pgettext_lazy("inquiry", "State"),
        listed("状態|ステータス|対応状況|status|state"),
        "choice",
        choices=STATES,
    ),
    ImportField(
        "priority", _("Priority"), listed("優先度|重要度|緊急度|priority|severity"), "choice", choices=PRIORITIES
    ),
    ImportField(
        "channel",
        pgettext_lazy("inquiry", "Channel"),
        listed("チャネル|受付方法|経路|問い合わせ経路|channel|source|via"),
        "choice",
        choices=CHANNELS,
    ),
    ImportField(
        "sender",
        pgettext_lazy("inquiry", "Who wrote"),
        listed("投稿者|アカウント名|ユーザー名|送信者|差出人|from|author|username|sender"),
    ),
    ImportField(
        "category", pgettext_lazy("inquiry", "Category"), listed("カテゴリ|カテゴリー|分類|種別|category|type|topic")
    ),
    ImportField(
        "owner",
        pgettext_lazy("inquiry", "Owner (e-mail or name)"),
        listed("担当|担当者|対応者|担当者名|assignee|assignee email|owner|agent"),
    ),
    ImportField(
        "received_at",
        _("Came in"),
        listed(
            "受付日時|受付日|問い合わせ日時|起票日時|作成日時|作成日|created at|created|received at|requested at|opened at"
        ),
        "beginning",
        is_needed=True,
    ),
    ImportField("due_at", pgettext_lazy("inquiry", "Due"), listed("期限|対応期限|due at|due date|due"), "moment"),
    ImportField(
        "first_response_at",
        _("First answer"),
        listed("初回返信日時|初回応答日時|一次回答日時|first response at|first reply at|first replied at"),
        "moment",
    ),
    ImportField(
        "closed_at",
        pgettext_lazy("inquiry", "Closed at"),
        listed("完了日時|解決日時|完了日|クローズ日時|closed at|solved at|resolved at|resolved"),
        "moment",
    ),
)
NAMES = tuple(item.name for item in OWN if item.name not in ("body", "owner"))
LINKS = ("owner_id", "account_id", "contact_id", "member_id")


@dataclass
class Work:
    """A new inquiry's facts, or what changes on a known one."""

    inquiry: Inquiry | None
    fields: dict[str, Any]


def fields() -> list[ImportField]:
    return [*referring.FIELDS, *referring.PERSON, *OWN]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the ticket: it may stand in a file once."""
    if values.get("external_id"):
        yield f"t:{values['external_id']}", ""


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch. The customer is found by its own columns, else by the person's present post."""
    plans = [Plan(row, title=str(row.values.get("title") or "")[:200], problems=list(row.problems)) for row in rows]
    fine = [item for item in plans if not item.problems]
    people, owners = referring.find_people(fine), Owners()
    accounts = referring.find_customers(fine, context, is_needed=False)
    posts = referring.accounts_of(people.values())
    ids = {str(item.row.values["external_id"]) for item in fine}
    here = {row.external_id: row for row in Inquiry.objects.filter(external_id__in=ids).exclude(external_id="")}
    for item in fine:
        if taking_back.is_twice(item, f"t:{item.row.values['external_id']}", context):
            continue
        person, account = people.get(item.row.line), accounts.get(item.row.line)
        links = {
            "account_id": account.pk if account else posts.get(person.pk) if person else None,
            "contact_id": person.pk if person else None,
            "member_id": person.member_id if person else None,
        }
        _plan_one(item, links, here.get(str(item.row.values["external_id"])), owners, context)
    for item in plans:
        item.settle()
    return plans


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Open new inquiries and change known ones."""
    done: dict[int, list[list[Any]]] = {item.row.line: [] for item in plans}
    new = [item for item in plans if item.work and item.work.inquiry is None]
    made = actions.open_inquiries(
        viewer=context.viewer, rows=[item.work.fields for item in new], now=context.now, import_id=context.run_id
    )
    for item, inquiry in zip(new, made, strict=True):
        done[item.row.line].append([THING, inquiry.pk, ADDED])
    known = {item.work.inquiry.pk: item for item in plans if item.work and item.work.inquiry and item.work.fields}
    differing = actions.change_inquiries(
        viewer=context.viewer,
        changes={pk: item.work.fields for pk, item in known.items()},
        now=context.now,
        import_id=context.run_id,
    )
    for pk, item in known.items():
        if pk in differing:
            done[item.row.line].append([THING, pk, SET, taking_back.stored(differing[pk])])
    return [done[item.row.line] for item in plans]


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Remove inquiries that were added, and set changed ones back."""
    undone = {row.line: Undone(row.line) for row in rows}
    changes = taking_back.changes_back(Inquiry, THING, rows, undone)
    actions.change_inquiries(viewer=context.viewer, changes=changes, now=context.now, import_id=context.run_id or 0)
    added = {entry[1]: row for row in rows for entry in row.done if entry[2] == ADDED}
    stays = actions.take_back_inquiries(viewer=context.viewer, added={pk: row.at for pk, row in added.items()})
    taking_back.note(THING, added, stays, undone)
    return list(undone.values())


def _plan_one(
    item: Plan, links: dict[str, int | None], inquiry: Inquiry | None, owners: Owners, context: Context
) -> None:
    values = item.row.values
    given: dict[str, Any] = {name: values[name] for name in NAMES if values.get(name) is not None}
    given |= {name: pk for name, pk in links.items() if pk is not None}
    if values.get("owner"):
        given["owner_id"], problem = owners.named(values["owner"])
        if problem:  # a help desk has agents of its own: who is none of the team stays out
            item.notes = [*item.notes, (problem, 0)]
            given.pop("owner_id")
    if given.get("closed_at"):
        given.setdefault("state", Inquiry.State.CLOSED)
    before = {name: getattr(inquiry, name) for name in (*NAMES, *LINKS)} if inquiry else {}
    if inquiry is None:  # some help desks export no subject: the number is what people call it by
        given.setdefault("title", values["external_id"])
    try:
        clean = actions.checked({**before, **given}, now=context.now)
    except Refused as refused:
        item.refuse(context.header(refused.field or ""), refused.reason, value=given.get(refused.field or "", ""))
        return
    if clean["received_at"] > context.now:
        item.refuse(context.header("received_at"), "in_future", value=clean["received_at"].date())
        return
    if inquiry is None:
        item.work = Work(None, {**clean, "body": values.get("body") or ""})
        item.changes = [(THING, name, None, clean[name]) for name in given if clean[name] not in ("", None)]
        return
    changed = {name: clean[name] for name in clean if clean[name] != getattr(inquiry, name)}
    item.work = Work(inquiry, changed)
    item.changes = [(THING, name, getattr(inquiry, name) or "", after or "") for name, after in changed.items()]


KIND = ImportKind("tickets", _("Inquiries"), "headset", fields, keys, plan, write, undo)
