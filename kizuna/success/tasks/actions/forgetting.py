"""Forget a person: tasks about them stay with their days and states, without words; in other tasks their name is covered."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.success.customers import actions as customers
from kizuna.success.tasks.actions.writing import TARGET
from kizuna.success.tasks.models import Handover, Task, TaskChange

BATCH = 200


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Blank the tasks about the person, with history and what departments were asked, and cover their name in others."""
    if person.contact_id is None and not person.account_ids:
        return Erased()
    about = Q(contact_id=person.contact_id or 0) | Q(account_id__in=person.account_ids)
    own = list(Task.objects.filter(about).values_list("pk", flat=True))
    kept = Task.objects.filter(pk__in=own).update(title=customers.gone_words(), body="")
    removed = Handover.objects.filter(task_id__in=own).exclude(ask="", answer="").update(ask="", answer="")
    removed += _blank_history(person, own)
    customers.blank_touches(source_type=TARGET, source_ids=own)
    accounts, words = customers.accounts_of(person), customers.words_of(person)
    others = Task.objects.filter(account_id__in=accounts).exclude(pk__in=own)
    removed += customers.cover_words(others, ("title", "body"), words)
    handovers = Handover.objects.filter(task__account_id__in=accounts)
    removed += customers.cover_words(handovers, ("ask", "answer"), words)
    changes = TaskChange.objects.filter(task__account_id__in=accounts)
    return Erased(removed=removed + customers.cover_words(changes, ("state",), words), kept=kept)


def _blank_history(person: Person, own: list[int]) -> int:
    """Take the words out of what tasks about the person were, also of those that are about somebody else by now."""
    rows = TaskChange.objects.filter(Q(task_id__in=own) | Q(state__contact_id=person.contact_id or 0))
    changed = []
    for row in rows.iterator(chunk_size=500):
        blank = {**row.state, "title": "", "body": ""}
        if row.state != blank:
            row.state = blank
            changed.append(row)
    TaskChange.objects.bulk_update(changed, ["state"], batch_size=BATCH)
    return len(changed)
