"""The person for whom a page, an answer or a mail is made."""

import hashlib
from dataclasses import dataclass, field, replace
from functools import lru_cache

PUBLIC, MEMBERS, STAFF = 1, 2, 3  # primary keys of the built-in audiences, made by the first migration


@dataclass(frozen=True)
class Viewer:
    """One frozen value per request. `audience_ids` is everything this person may see; empty for a closed community's visitor."""

    member_id: int | None = None
    handle: str = ""
    name: str = ""
    audience_ids: tuple[int, ...] = ()
    roles: frozenset[str] = field(default_factory=frozenset)
    language: str = "ja"
    theme: str = ""
    time_zone: str = "Asia/Tokyo"
    is_view_as: bool = False
    sign_in_id: int | None = None
    scopes: tuple[str, ...] | None = None

    @property
    def is_member(self) -> bool:
        return self.member_id is not None

    @property
    def own_id(self) -> int:
        """Return the member's id, or 0 for a visitor, which no row has."""
        return self.member_id or 0

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)

    @property
    def audience_key(self) -> str:
        """Return a short hash of the audience set, for cache keys."""
        return _hash_of(self.audience_ids)

    def with_audiences(self, audience_ids: tuple[int, ...]) -> "Viewer":
        """Return the same person seeing something else: a key that may not read sees nothing."""
        return replace(self, audience_ids=audience_ids)

    def speaking(self, language: str) -> "Viewer":
        """Return the same person in another language."""
        return self if language == self.language else replace(self, language=language)


@lru_cache(maxsize=1024)
def _hash_of(audience_ids: tuple[int, ...]) -> str:
    text = ",".join(map(str, sorted(audience_ids)))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
