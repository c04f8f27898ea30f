"""Finding people at customers for a batch."""

from django.db.models import Q


def known_by(ids: set[str], keys: set[str]) -> Q:
    """Return the condition for people with one of these numbers or addresses, such that SQLite looks it up in the indexes.

    They leave out who has none, so the condition has to do so as well.
    """
    by_id = Q(external_id__in=ids) & ~Q(external_id="")
    by_key = Q(email_key__in=keys) & ~Q(email_key="")
    return by_id | by_key if ids and keys else by_id if ids else by_key
