"""What a person searched for, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.search.actions import forget_searcher
from kizuna.core.search.models import Search


def searches(*, person: Person) -> Iterator[Any]:
    """Yield what the member searched for."""
    rows = Search.objects.filter(member_id=person.member_id or 0).order_by("at", "id")
    yield from rows.values("at", "text", "result_count", "has_answer", "is_solved", "source").iterator(chunk_size=1000)


def forget_searches(*, person: Person, now: datetime) -> Erased:
    """Remove what the member searched for."""
    return Erased(removed=forget_searcher(member_id=person.member_id)) if person.member_id else Erased()


SEARCHES = PersonalData("search.searches", _("Searches"), ("search.Search.member",), searches, erase=forget_searches)
ROWS = PersonalExempt(
    "search.rows",
    covers=("search.SearchRow.author",),
    reason="The index follows the posts and articles, whose author has no name any more.",
)
