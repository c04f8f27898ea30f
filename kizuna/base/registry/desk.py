"""What apps add to the pages of the desk. The customer's page belongs to the lowest of them and imports none.

Functions take keywords only; `account` is the row, `now` the moment of the request. What the viewer may not see is left out
by the function itself: it is asked with the viewer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AccountPart:
    """A block on the page of one customer: `values(viewer=, account=, now=)` for its template, None for nothing.

    The template gets `part` (the values), `account`, `may_work` and the token of forms. `place`: main or side.
    """

    name: str
    template: str
    values: Callable[..., dict[str, Any] | None]
    place: str = "side"


@dataclass(frozen=True)
class DeskPart:
    """A block on the first page of the desk: `values(viewer=, now=)` for its template, None when nothing waits."""

    name: str
    template: str
    values: Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Quote:
    """Numbers of other customers in a reason, and with whom these were not compared.

    `unlike` is the sentence that says so; it is shown unless `has_control`: a control group exists.
    """

    text: str
    unlike: str
    has_control: bool = False


@dataclass(frozen=True)
class Step:
    """What to do next with a customer: the deed, the fact it rests on, and where to do it.

    The smaller `rank` is the more pressing: below 20 something is late or about to be, below 40 somebody waits,
    below 60 something changed, from 60 on it is good to do. With a `key`, the same for the same step, it can be put off;
    `fact` is what it rests on in few stable words (a day, a number), so that another fact brings it back.
    """

    rank: int
    say: str
    reason: str
    url: str
    button: str
    quotes: Quote | None = None
    key: str = ""
    fact: str = ""


@dataclass(frozen=True)
class StepRule:
    """Proposes next steps: `steps(viewer=, account=, now=)` yields those whose fact holds."""

    name: str
    steps: Callable[..., Iterable[Step]]


@dataclass(frozen=True)
class PersonMark:
    """Words beside people on the customer's page: `marks(viewer=, account=, contacts=)` gives {contact id: (word, tone)}."""

    name: str
    marks: Callable[..., dict[int, tuple[str, str]]]


@dataclass(frozen=True)
class AccountAction:
    """Something to begin for a customer: `url(account_id=)` is where. `label` is the deed, `short` what a button says.

    With a `bulk_url` it can be begun for several customers at once: their ids are posted there as `id`.
    """

    name: str
    label: Any
    short: Any
    icon: str
    url: Callable[..., str]
    is_shown: Callable[..., bool]
    bulk_url: str = ""


@dataclass(frozen=True)
class Found:
    """One thing that the search of the desk found."""

    title: str
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True)
class Finder:
    """Finds one kind of thing by words: `find(viewer=, text=, limit=)` returns Founds, the best first."""

    name: str
    label: Any
    find: Callable[..., list[Found]]


@dataclass(frozen=True)
class AccountRows:
    """Rows that hang on an account and go over when it is merged: `model()` and the column; `label` is their word."""

    name: str
    label: Any
    model: Callable[[], Any]
    column: str = "account_id"


@dataclass(frozen=True)
class CustomerLink:
    """Tells apps below the customers who somebody is there: `complete(viewer=, account_id=, contact_id=, member_id=, at=)`.

    It returns these ids with what follows from them (a person who is at one customer only was there), or raises Refused
    with the field of the one that is unknown or does not fit the others.
    """

    name: str
    complete: Callable[..., dict[str, int | None]]


class DoorClosed(Exception):
    """An answer can never go out this way, however often it is tried. `reason` is translatable and shown to the team."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class InquiryFacts:
    """What came along with an inquiry by a way of its own: `read(viewer=, inquiry_id=)` returns [(label, value), …]."""

    name: str
    read: Callable[..., Sequence[tuple[Any, str]]]


@dataclass(frozen=True)
class ReplyDoor:
    """How answers of a channel of the inbox go out: `send` is the dotted name of `send(*, delivery_id) -> None`.

    It raises DoorClosed when this can never be sent; anything else it raises means: try again later with the same key.
    `inside`: its effects lie in the community's own database, so that sending and noting it are one transaction.
    `takes`: dotted name of `takes(*, inquiry) -> bool`, where several doors share a channel; the first that takes it sends.
    `files`: what becomes of files in an answer: "attached" to its message (up to `most_bytes` together, 0 for any),
    "linked" the same, sent as links that run out, "in_text" as Markdown links, or "" where it carries none.
    """

    name: str
    channel: str
    send: str
    inside: bool = False
    takes: str = ""
    files: str = ""
    most_bytes: int = 0


@dataclass(frozen=True)
class InquiryLines:
    """What else happened to an inquiry, for the log of its page: `lines(inquiry=)` returns [(moment, sentence)]."""

    name: str
    lines: Callable[..., "list[tuple[Any, str]]"]


@dataclass(frozen=True)
class InquiryPart:
    """What a higher app shows above the answer on an inquiry's page.

    `values(viewer=, inquiry=, now=)` returns what its template needs, or None.
    The template gets `part` (the values), `inquiry`, `query` (of the queue) and the token of forms.
    """

    name: str
    template: str
    values: Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class InquiryMarks:
    """What a higher app says of inquiries in the queue: `marks(viewer=, ids=, now=)` returns {id: words} of some of them."""

    name: str
    marks: Callable[..., dict[int, str]]


@dataclass(frozen=True)
class HiddenTemplates:
    """Reply templates that a viewer may not use. `ids(viewer=)` returns their ids, as a query."""

    name: str
    ids: Callable[..., Any]
