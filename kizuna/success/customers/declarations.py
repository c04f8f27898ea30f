"""What customers declare: pages of the desk, targets, channels of the timeline."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AccountAction, Finder, NavigationItem, Rebuild, Target, TouchpointChannel
from kizuna.base.text import html as text_html
from kizuna.base.text import markdown
from kizuna.core.members.policies import can_own
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions, finding, policies, wording
from kizuna.success.customers.consumers import rebuild_touchpoints
from kizuna.success.customers.models import Account, Contact, Note
from kizuna.success.customers.queries import visible


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


def _works(*, viewer: Viewer) -> bool:
    return policies.can_work(viewer)


def _notes_of(*, account_id: int) -> str:
    return f"/desk/customers/{account_id}/timeline/#note"


def _defines(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer) and policies.can_define(viewer)


def _owns(*, viewer: Viewer) -> bool:
    return can_own(viewer)


def _accounts(*, viewer: Viewer, ids: list[int]) -> dict[int, Account]:
    return visible.accounts_visible_to(viewer).in_bulk(ids)


def _contacts(*, viewer: Viewer, ids: list[int]) -> dict[int, Contact]:
    return visible.contacts_visible_to(viewer).in_bulk(ids)


def _notes(*, viewer: Viewer, ids: list[int]) -> dict[int, Note]:
    return visible.notes_visible_to(viewer).select_related("account").in_bulk(ids)


def _account_url(*, row: Account) -> str:
    return f"/desk/customers/{row.pk}/"


def _contact_url(*, row: Contact) -> str:
    return f"/desk/contacts/{row.pk}/"


def _note_url(*, row: Note) -> str:
    return f"/desk/customers/{row.account_id}/timeline/?note={row.pk}#note-{row.pk}"


def _name(*, row: Any) -> str:
    return row.name


def _note_title(*, row: Note) -> str:
    return row.account.name


def _note_excerpt(*, row: Note) -> str:
    return markdown.excerpt(text_html.to_text(row.html), limit=160)


def _nothing(*, row: Any) -> str:
    return ""


HOME = NavigationItem("desk", _("Today"), "customers:home", "inbox", _reads, place="desk")
CUSTOMERS = NavigationItem("customers", _("Customers"), "customers:list", "building-2", _reads, place="desk")
MATCHES = NavigationItem(
    "customer-matches", _("Which are one?"), "customers:matches", "git-merge", _reads, place="desk"
)
FIELDS = NavigationItem(
    "customer-fields", _("Fields for customers"), "customers:fields", "list", _defines, place="desk"
)
VISIBILITY = NavigationItem(
    "customer-visibility", _("Who sees fields of customers"), "customers:visibility", "eye", _owns, place="studio",
    section="people",
)  # fmt: skip
ACCOUNT = Target("account", pgettext_lazy("company", "Customer"), _accounts, _account_url, _name, _nothing)
CONTACT = Target("contact", _("Person"), _contacts, _contact_url, _name, _nothing)
NOTE = Target("note", pgettext_lazy("customers", "Note"), _notes, _note_url, _note_title, _note_excerpt)
COMMUNITY = TouchpointChannel(
    "community",
    pgettext_lazy("channel", "Community"),
    "message-circle",
    "c-d1",
    {
        "topic.posted": _("%(name)s opened a topic"),
        "post.replied": _("%(name)s replied"),
        "answer.accepted": _("An answer by %(name)s was accepted"),
        "article.rated": _("%(name)s said whether an article solved it"),
    },
)
CONTRACTS = TouchpointChannel(
    "contract",
    pgettext_lazy("channel", "Contract"),
    "file-text",
    "c-d4",
    {
        "contract.signed": _("A contract began"),
        "contract.changed": _("A contract was changed"),
        "contract.renewed": _("A contract went on for another term"),
        "contract.noticed": _("Notice was given"),
        "contract.notice_revoked": _("A notice was taken back"),
        "cancellation.noted": _("The customer left something"),
    },
)
NOTES = TouchpointChannel(
    "note",
    pgettext_lazy("customers", "Note"),
    "pencil",
    "c-d2",
    {"note.written": _("Note by %(name)s")},
    says_who_may_read=True,
)
PURCHASES = TouchpointChannel(
    "purchase",
    _("Purchase"),
    "package",
    "c-d3",
    {f"purchase.{kind}": words for kind, words in wording.PURCHASES.items()},
)
FIND = NavigationItem("find", _("Find on the desk"), "customers:find", "search", _reads, place="desk")
ACCOUNTS_FOUND = Finder("accounts", _("Customers"), finding.find_accounts)
PEOPLE_FOUND = Finder("people", pgettext_lazy("customers", "People"), finding.find_people)
NEW_NOTE = AccountAction(
    "note", _("New note"), pgettext_lazy("customers", "Note"), "pencil", _notes_of, _works
)  # fmt: skip
REBUILD = Rebuild("touchpoints", rebuild_touchpoints)
NAMES = Rebuild("customer-names", actions.rebuild_tails)
