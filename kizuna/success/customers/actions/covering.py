"""Cover the words that name an erased person in texts of the team. Apps on top of customers do it in their own tables."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext, override

from kizuna.base.registry import Person
from kizuna.base.text.japanese import fold
from kizuna.base.text.scrub import scrubbed_values
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.success.customers.models import Employment, Touchpoint


def words_of(person: Person) -> frozenset[str]:
    """Return what a text may call the person by."""
    return person.words | person.addresses


def accounts_of(person: Person) -> set[int]:
    """Return the customers at which the person works or worked, or which are the person."""
    places = Employment.objects.filter(contact_id=person.contact_id or 0).values_list("account_id", flat=True)
    return set(places) | person.account_ids


def gone_words() -> str:
    """Return what stands where a title was about an erased person, in the community's language."""
    with override(community.setting(keys.DEFAULT_LANGUAGE)):
        return gettext("Erased with the person")


def cover_words(rows: QuerySet[Any], columns: tuple[str, ...], words: frozenset[str], *, folded: str = "") -> int:
    """Cover the words in some columns, and in a column that holds them folded; return how many rows changed."""
    changed = []
    for row in rows.iterator(chunk_size=500):
        before = [getattr(row, name) for name in columns]
        after = [
            _fitting(row, name, scrubbed_values(value, words)) for name, value in zip(columns, before, strict=True)
        ]
        if after != before:
            for name, value in zip(columns, after, strict=True):
                setattr(row, name, value)
            if folded:
                setattr(row, folded, fold("\n".join(str(value) for value in after)))
            changed.append(row)
    if changed:
        names = [*columns, folded] if folded else list(columns)
        type(changed[0])._default_manager.bulk_update(changed, names, batch_size=200)
    return len(changed)


def blank_touches(*, source_type: str, source_ids: Iterable[int]) -> int:
    """Take the words off the lines of timelines that came from these rows; that something happened stays."""
    rows = Touchpoint.objects.filter(source_type=source_type, source_id__in=source_ids)
    return rows.update(title="", excerpt="", search_text="", url="")


def _fitting(row: models.Model, name: str, value: Any) -> Any:
    """Return the value as long as its column is: a cover may be longer than a short name."""
    longest = getattr(row._meta.get_field(name), "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value
