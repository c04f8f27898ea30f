"""What the words of a notification are made from.

A declared `base.registry.NotificationText` gets a `Notice` and returns words: `line(notification=Notice, language=)` one
plain sentence, `mail(notification=Notice, language=, reader=name)` the `MailParts`. A Notice is made for one reader from
what that reader may see at that moment, so its texts cannot tell more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Notice:
    """A notification as its reader may know it. `title`, `url` and `excerpt` are the target's."""

    kind: str
    target_type: str
    target_id: int
    title: str
    url: str
    excerpt: str = ""
    actors: tuple[str, ...] = ()  # names, the latest first
    actor_count: int = 0
    activity_count: int = 1
    props: Mapping[str, Any] = field(default_factory=dict)

    @property
    def others(self) -> int:
        """Count the actors beyond the first two."""
        return max(self.actor_count - 2, 0)


@dataclass(frozen=True)
class MailParts:
    """The parts of a mail, as plain text. The frame adds greeting, community, reason and links."""

    subject: str
    title: str
    button: str
    lines: tuple[str, ...] = ()
    quote: str = ""
    reason: str = ""
    # 様 in mail to customers as customers, さん among members.
    is_formal: bool = False


def by_actors(notice: Notice, *, one: Any, two: Any, many: Any, none: Any) -> str:
    """Fill the sentence that fits the number of actors: `%(first)s`, `%(second)s`, `%(others)d` and `%(title)s`.

    `many` may be an `ngettext_lazy(…, "others")`.
    """
    names = {"first": "", "second": "", "others": notice.others, "title": notice.title}
    names.update(zip(("first", "second"), notice.actors, strict=False))
    if not notice.actors:
        return str(none % names)
    if len(notice.actors) == 1:
        return str(one % names)
    return str((many if notice.others else two) % names)
