"""The kinds of declaration. Plain frozen records of names and functions; each function takes keywords only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Target:
    """A type of thing that others point at by (type, id): topics, posts, articles, members.

    `visible(viewer=, ids=)` returns {id: row} of what the viewer may see; `url(row=)`, `title(row=)` and
    `excerpt(row=)` describe such a row. What it holds about people is declared apart (`registry.PersonalData`).
    """

    name: str
    label: Any
    visible: Callable[..., dict[int, Any]]
    url: Callable[..., str]
    title: Callable[..., str]
    excerpt: Callable[..., str]
    # `material(row=)`: what an article made from it begins with, or None when nothing answers there yet.
    material: Callable[..., "Material | None"] | None = None
    # `seen(viewer=, ids=)`: the ids alone of what `visible` returns, for what every page counts; None where `visible` is quick enough.
    seen: Callable[..., set[int]] | None = None

    def seen_ids(self, *, viewer: Any, ids: list[int]) -> set[int]:
        """Return those of the ids that the viewer may see."""
        return set(self.visible(viewer=viewer, ids=ids)) if self.seen is None else self.seen(viewer=viewer, ids=ids)


@dataclass(frozen=True)
class Material:
    """A solved thing as the beginning of an article. Bodies are Markdown; names of people are left to the writer.

    `audience_id` is the narrowest of those who may read the thing, so that an article is never wider by default.
    """

    title: str
    question: str
    answer: str
    audience_id: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublicPages:
    """Pages for the sitemap: `pages(viewer=)` yields (path, last changed) of what that visitor may see."""

    name: str
    pages: Callable[..., Any]


@dataclass(frozen=True)
class NotificationText:
    """How a kind of notification reads (core.notifications.texts has the types).

    `line(notification=, language=)` is one sentence, `mail(notification=, language=, reader=)` the parts of a mail.
    `is_offered(viewer=)` keeps kinds for staff out of the choices of everybody else.
    """

    name: str
    label: Any
    line: Callable[..., str]
    mail: Callable[..., Any] | None = None
    mail_by_default: bool = True
    is_offered: Callable[..., bool] | None = None


@dataclass(frozen=True)
class HomeBlock:
    """A block of the home page. `render(viewer=, language=)` returns HTML or "" when there is nothing to say."""

    name: str
    label: Any
    render: Callable[..., str]
    position: str = "main"
    per_viewer: bool = False


@dataclass(frozen=True)
class NavigationItem:
    """A line of the side navigation (`place`: square, tools, menu, studio or desk). `is_shown(viewer=)` decides.

    `count(viewer=)` is asked on every page of a member, so it must be cheap. `section` puts a line of Studio under one
    of its headings: people, content or setup.
    """

    name: str
    label: Any
    url_name: str
    icon: str
    is_shown: Callable[..., bool]
    count: Callable[..., int] | None = None
    place: str = "square"
    section: str = ""


@dataclass(frozen=True)
class WaitingWork:
    """Work that waits for staff, told on Studio's overview: `count(viewer=)` of what is at `url_name`."""

    name: str
    label: Any
    url_name: str
    icon: str
    is_shown: Callable[..., bool]
    count: Callable[..., int]


@dataclass(frozen=True)
class MailDelay:
    """Tells whether mail cannot leave just now: `is_late()`. Pages on which somebody waits for a mail say so."""

    name: str
    is_late: Callable[[], bool]


@dataclass(frozen=True)
class NavigationLine:
    """One line of a navigation group: its words are in the language asked for."""

    label: str
    url: str
    key: str
    icon: str = ""
    color: str = ""


@dataclass(frozen=True)
class NavigationGroup:
    """Lines that differ from community to community: spaces, groups. `lines(viewer=, language=)`.

    They are kept per audience set and site generation, so they may depend on nothing else of the viewer.
    """

    name: str
    label: Any
    lines: Callable[..., list[NavigationLine]]


@dataclass(frozen=True)
class Fragment:
    """A part of a page that another app's page embeds by URL, so that pages compose without imports."""

    name: str
    url_name: str


@dataclass(frozen=True)
class AccountDoor:
    """A card on the page of one's own records that leads to a page of a higher app, for those it `is_for(viewer=)`."""

    name: str
    label: Any
    note: Any
    url_name: str
    is_for: Callable[..., bool] | None = None


@dataclass(frozen=True)
class ProfilePart:
    """A part of a member's public page. `render(viewer=, member_id=, language=)` returns HTML of what the viewer may see, or ""."""

    name: str
    label: Any
    render: Callable[..., str]


@dataclass(frozen=True)
class DigestSection:
    """A section of the digest mail. `render(viewer=, since=, language=)` returns lines or an empty list."""

    name: str
    label: Any
    render: Callable[..., list[Any]]


@dataclass(frozen=True)
class TouchpointChannel:
    """A channel of the customers' timeline: its word, icon and colour class, and how its kinds are said.

    `says` maps a kind (a verb of the activity log, or the source's own word) to a sentence with `%(name)s`, the person.
    `is_contact` False: it is good to know, but nobody was in touch, so the account's last touch stays.
    `says_who_may_read`: its entries say whether they may be shown to the customer, not only that they stay inside.
    """

    name: str
    label: Any
    icon: str
    color: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)
    is_contact: bool = True
    says_who_may_read: bool = False


@dataclass(frozen=True)
class AccountLine:
    """A line among the facts of a customer, from an app above. `line(viewer=, account_id=, language=)` returns
    (words, what they mean, address or ""), or None when there is nothing to say or the viewer may not know it.
    """

    name: str
    label: Any
    line: Callable[..., "tuple[str, str, str] | None"]


@dataclass(frozen=True)
class TermLine:
    """A line among the terms of a contract, from an app above: `line(viewer=, contract=, language=)` returns what `AccountLine` does."""

    name: str
    label: Any
    line: Callable[..., "tuple[str, str, str] | None"]


@dataclass(frozen=True)
class EffortOffer:
    """How long something took as its source states it. `key` is the source's own and stays; a person takes it over."""

    key: str
    day: date
    minutes: int
    title: str
    url: str = ""
    account_id: int | None = None
    contact_id: int | None = None
    function: str = "success"
    touch: str = ""


@dataclass(frozen=True)
class EffortSource:
    """Where working time can be read off: calls, tickets, notes.

    `offered(viewer=, since=, until=)` returns the `EffortOffer`s of that person's work on these days (until: exclusive),
    `offered(viewer=, key=)` the one with that key. What is measured without asking is written by `effort.note_derived`.
    """

    name: str
    label: Any
    offered: Callable[..., list[EffortOffer]]


@dataclass(frozen=True)
class AudienceUse:
    """Where audiences are used. `uses(language=)` yields (title, url, audience id) of everything that has one of its own."""

    name: str
    label: Any
    uses: Callable[..., Any]


@dataclass(frozen=True)
class Rebuild:
    """Something that can be computed again from its source: `run(report=)` replays it, idempotently.

    It may return how many rows it read.
    """

    name: str
    run: Callable[..., Any]


@dataclass(frozen=True)
class ImportKind:
    """A kind of table that can be brought in (success.imports.records has the types; ADR 7).

    `fields()` lists what a row may say. `keys(values=)` yields (key, what is said of it) of the things a row names, from the
    file alone; `plan(rows=, context=)` returns a plan for each row and writes nothing; `write(plans=, context=)` writes
    plans that are not bad and returns what each did; `undo(rows=, context=)` takes such a list back.
    `group(values=)` names rows that must stay together in one batch. `finish(now=)` does what is dear row by row: it is called
    after many batches, at the end, and by whoever finds it undone.
    """

    name: str
    label: Any
    icon: str
    fields: Callable[..., list[Any]]
    keys: Callable[..., Any]
    plan: Callable[..., list[Any]]
    write: Callable[..., list[Any]]
    undo: Callable[..., list[Any]]
    group: Callable[..., str] | None = None
    finish: Callable[..., Any] | None = None


@dataclass(frozen=True)
class CountByDay:
    """Something that is counted by days of the community and counted again once those are others.

    `begin()` has that done soon; `progress()` returns (done, of how many) while it is not, else None.
    """

    name: str
    label: Any
    begin: Callable[[], None]
    progress: Callable[[], tuple[int, int] | None]


@dataclass(frozen=True)
class DayZone:
    """Whose days are counted: `zone()` returns the community's time zone, such as "Asia/Tokyo"."""

    name: str
    zone: Callable[[], str]
