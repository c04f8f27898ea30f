"""Who of the team is meant by an address, a handle or a name."""

from collections import defaultdict
from collections.abc import Iterable

from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email


class Owners:
    """The team, read once for a batch."""

    def __init__(self) -> None:
        self._found: dict[str, set[int]] = defaultdict(set)
        self.names: dict[int, str] = {}
        staff = Member.objects.filter(state=Member.State.ACTIVE, role_grants__isnull=False).distinct()
        for member in staff.only("pk", "name", "handle", "email_key"):
            self.names[member.pk] = member.name
            for word in {member.email_key, f"@{member.handle}", member.handle, _plain(member.name)} - {""}:
                self._found[word].add(member.pk)

    def named(self, text: str) -> tuple[int | None, str]:
        """Return (member, "") or (None, what is wrong)."""
        for word in (normalised_email(text), text.strip().lower(), _plain(text)):
            found = self._found.get(word, set())
            if len(found) == 1:
                return next(iter(found)), ""
            if found:
                return None, "several_owners"
        return None, "no_such_owner"

    def name_of(self, member_id: int | None) -> str:
        return self.names.get(member_id or 0, "") if member_id else ""


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of members, whoever they are now."""
    return dict(Member.objects.filter(pk__in={pk for pk in ids if pk}).values_list("pk", "name"))


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
