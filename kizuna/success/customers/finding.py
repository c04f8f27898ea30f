"""What the search of the desk finds: things of the apps that declare a finder, pages, and what can be begun."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import AccountAction, Finder, Found, NavigationItem, by_name, of
from kizuna.base.text.japanese import fold
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import wording
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries import finding
from kizuna.success.customers.queries.visible import accounts_visible_to

PLACES: dict[str, Any] = {
    "desk": gettext_lazy("CS desk"),
    "studio": gettext_lazy("Studio"),
    "square": gettext_lazy("Community"),
}
LIMIT = 6
LONGEST = 80


@dataclass(frozen=True)
class Group:
    """Things of one kind under their heading."""

    name: str
    label: str
    found: list[Found]


def find_accounts(*, viewer: Viewer, text: str, limit: int) -> list[Found]:
    """Find customers by any of their names, by reading or number."""
    return [_account(account) for account in finding.accounts_named(viewer, text, limit=limit)]


def find_people(*, viewer: Viewer, text: str, limit: int) -> list[Found]:
    """Find people at customers by name, reading or address."""
    people = finding.people_named(viewer, text, limit=limit)
    places = finding.places_of([person.pk for person in people])
    return [
        Found(person.name, reverse("customers:contact", args=[person.pk]), "user-round", places.get(person.pk, ""))
        for person in people
    ]


def groups(viewer: Viewer, text: str, *, account_id: int | None = None, deed: str = "") -> list[Group]:
    """Return what the words find for the viewer, by kind. With a `deed` only customers, each leading to its beginning.

    `account_id` is the customer whose page is open: what can be begun for it comes first. Without words, only that and pages.
    """
    text = text.strip()[:LONGEST]
    action = by_name(AccountAction, deed) if deed else None
    if action is not None:
        return _chosen(viewer, text, action)
    here = accounts_visible_to(viewer).filter(pk=account_id).first() if account_id else None
    found = [
        Group("here", here.name, list(_for_account(viewer, here, text))) if here else None,
        *(
            Group(finder.name, str(finder.label), finder.find(viewer=viewer, text=text, limit=LIMIT))
            for finder in of(Finder)
            if text
        ),
        Group("deeds", _("Begin"), list(_deeds(viewer, text))),
        Group("pages", _("Pages"), list(_pages(viewer, text))),
    ]
    return [group for group in found if group is not None and group.found]


def _chosen(viewer: Viewer, text: str, action: AccountAction) -> list[Group]:
    if not text or not action.is_shown(viewer=viewer):
        return []
    accounts = finding.accounts_named(viewer, text, limit=3 * LIMIT)
    found = [replace(_account(account), url=action.url(account_id=account.pk)) for account in accounts]
    return [Group("accounts", str(action.label), found)] if found else []


def _for_account(viewer: Viewer, account: Account, text: str) -> Iterator[Found]:
    if account.state == Account.State.MERGED:
        return
    for item in of(AccountAction):
        if item.is_shown(viewer=viewer) and _fits(str(item.label), text):
            yield Found(str(item.label), item.url(account_id=account.pk), item.icon)


def _deeds(viewer: Viewer, text: str) -> Iterator[Found]:
    for item in of(AccountAction):
        if item.is_shown(viewer=viewer) and _fits(str(item.label), text):
            yield Found(
                str(item.label), f"{reverse('customers:find')}?then={item.name}", item.icon, _("Choose a customer")
            )


def _pages(viewer: Viewer, text: str) -> Iterator[Found]:
    for item in of(NavigationItem):
        if item.is_shown(viewer=viewer) and _fits(str(item.label), text):
            yield Found(str(item.label), reverse(item.url_name), item.icon, str(PLACES.get(item.place, "")))


def _fits(label: str, text: str) -> bool:
    return all(word in fold(label) for word in fold(text).split())


def _account(account: Account) -> Found:
    words = (account.external_id, account.region, str(wording.STATES[Account.State(account.state)]))
    note = "・".join(word for word in words if word)
    return Found(account.name, reverse("customers:customer", args=[account.pk]), "building-2", note)
