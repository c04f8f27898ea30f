"""Change settings and generations; screen texts."""

import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from kizuna.core.audit import actions as audit
from kizuna.core.community import generations
from kizuna.core.community.models import Generation, ManagerAction, NavigationLink, Setting, WordRule
from kizuna.core.community.queries import SITE
from kizuna.core.community.screening import skeleton
from kizuna.core.community.settings import SettingKey

CHANNEL = "kizuna_generations"
# The audit log holds no names of people: what of a change may go into it besides the number of a row.
SUBJECT_IS_A_NAME = frozenset({"setting.changed", "attribute.saved", "attribute.archived", "attribute.restored"})
VALUE_IS_A_ROLE = frozenset({"role.granted", "role.revoked"})
LONGEST_NUMBER = 19


def bump_generation(name: str) -> None:
    """Empty what is cached under `name`, as of the current transaction's commit.

    The number is the time in microseconds, and never less than the one before plus one: a number that a rolled back
    transaction or a database since restored has shown to a cache must not come again with another content.
    """
    number = time.time_ns() // 1000
    if not Generation.objects.filter(name=name).update(number=Greatest(F("number") + 1, number)):
        Generation.objects.bulk_create([Generation(name=name, number=number)], ignore_conflicts=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    generations.forget()


@transaction.atomic
def change_setting(key: SettingKey, *, value: Any, member_id: int | None, now: datetime | None = None) -> None:
    """Store a checked value and write down who changed it. Raises ValueError when the value does not fit."""
    value = key.clean(value)
    now = now or timezone.now()
    before = Setting.objects.select_for_update().filter(key=key.key).first()
    if before is None:
        Setting.objects.create(key=key.key, value=value, changed_at=now, changed_by_id=member_id)
    else:
        Setting.objects.filter(pk=before.pk).update(
            value=value, version=F("version") + 1, changed_at=now, changed_by_id=member_id
        )
    log_manager_action(
        "setting.changed", member_id=member_id, subject=key.key, before=before and before.value, after=value, now=now
    )
    bump_generation(SITE)


def log_manager_action(
    action: str,
    *,
    member_id: int | None,
    subject: str = "",
    before: Any = None,
    after: Any = None,
    now: datetime | None = None,
) -> None:
    """Append to the list of staff changes, with what was before and after, and to the audit log, without."""
    now = now or timezone.now()
    ManagerAction.objects.create(
        member_id=member_id, at=now, action=action, subject=subject[:200], before=before, after=after
    )
    kind, _colon, number = subject.partition(":")
    is_row = number.isdecimal() and len(number) < LONGEST_NUMBER
    detail = {"name": subject} if subject and not is_row and action in SUBJECT_IS_A_NAME else {}
    if action in VALUE_IS_A_ROLE:
        detail["role"] = after or before
    audit.note(
        action, actor_id=member_id, subject=(kind, int(number)) if is_row else ("", None), detail=detail, now=now
    )


def forget_details(*, subject: str) -> int:
    """Take what was before and after out of the changes of one subject; return of how many."""
    changes = ManagerAction.objects.filter(subject=subject).exclude(before=None, after=None)
    return changes.update(before=None, after=None)


@transaction.atomic
def save_word_rule(*, word: str, effect: str, member_id: int | None, now: datetime) -> None:
    """Store a word rule by its skeleton, so that one word has one rule whatever its spelling."""
    key = skeleton(word)
    if not key:
        raise ValueError("a word rule needs at least one letter")
    fields = {"word": word, "effect": effect, "created_at": now, "created_by_id": member_id}
    WordRule.objects.update_or_create(skeleton=key[:200], defaults=fields)
    log_manager_action("word.saved", member_id=member_id, subject=word, after=effect, now=now)
    bump_generation(SITE)


@transaction.atomic
def delete_word_rule(*, rule_id: int, member_id: int | None, now: datetime) -> None:
    rule = WordRule.objects.filter(pk=rule_id).first()
    if rule is None:
        return
    rule.delete()
    log_manager_action("word.removed", member_id=member_id, subject=rule.word, before=rule.effect, now=now)
    bump_generation(SITE)


@transaction.atomic
def replace_links(*, links: list[dict[str, Any]], member_id: int | None, now: datetime) -> None:
    """Store these links ({"label": {ja, en}, "url"}) in the place of the old ones."""
    before = list(NavigationLink.objects.values("label", "url"))
    NavigationLink.objects.all().delete()
    NavigationLink.objects.bulk_create(
        NavigationLink(label=link["label"], url=link["url"], position=place) for place, link in enumerate(links)
    )
    log_manager_action("links.changed", member_id=member_id, before=before, after=links, now=now)
    bump_generation(SITE)
