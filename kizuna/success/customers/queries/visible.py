"""What a viewer may see, and single rows of it."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import (
    Account,
    Cancellation,
    Contact,
    Contract,
    Note,
    Purchase,
    SavedView,
    Touchpoint,
)


def accounts_visible_to(viewer: Viewer) -> QuerySet[Account]:
    """Return the accounts the viewer may see: all, merged ones included, for those with the desk."""
    return Account.objects.all() if can_use_desk(viewer) else Account.objects.none()


def contacts_visible_to(viewer: Viewer) -> QuerySet[Contact]:
    return Contact.objects.all() if can_use_desk(viewer) else Contact.objects.none()


def contracts_visible_to(viewer: Viewer) -> QuerySet[Contract]:
    return Contract.objects.all() if can_use_desk(viewer) else Contract.objects.none()


def purchases_visible_to(viewer: Viewer) -> QuerySet[Purchase]:
    return Purchase.objects.all() if can_use_desk(viewer) else Purchase.objects.none()


def cancellations_visible_to(viewer: Viewer) -> QuerySet[Cancellation]:
    return Cancellation.objects.all() if can_use_desk(viewer) else Cancellation.objects.none()


def notes_visible_to(viewer: Viewer) -> QuerySet[Note]:
    notes = Note.objects.filter(is_removed=False)
    return notes if can_use_desk(viewer) else notes.none()


def touchpoints_visible_to(viewer: Viewer) -> QuerySet[Touchpoint]:
    return Touchpoint.objects.all() if can_use_desk(viewer) else Touchpoint.objects.none()


def views_visible_to(viewer: Viewer) -> QuerySet[SavedView]:
    """Return the viewer's own saved views and those shared with the team."""
    if not can_use_desk(viewer):
        return SavedView.objects.none()
    return SavedView.objects.filter(is_shared=True) | SavedView.objects.filter(owner_id=viewer.member_id)


def account_for(viewer: Viewer, account_id: int) -> Account:
    """Return an account, or Http404."""
    return _one(accounts_visible_to(viewer).select_related("owner", "parent"), account_id)


def contact_for(viewer: Viewer, contact_id: int) -> Contact:
    return _one(contacts_visible_to(viewer).select_related("member"), contact_id)


def contract_for(viewer: Viewer, contract_id: int) -> Contract:
    return _one(contracts_visible_to(viewer).select_related("account", "billing_account"), contract_id)


def note_for(viewer: Viewer, note_id: int) -> Note:
    return _one(notes_visible_to(viewer).select_related("author", "account"), note_id)


def purchase_for(viewer: Viewer, purchase_id: int) -> Purchase:
    return _one(purchases_visible_to(viewer), purchase_id)


def cancellation_for(viewer: Viewer, cancellation_id: int) -> Cancellation:
    return _one(cancellations_visible_to(viewer), cancellation_id)


def _one(rows: QuerySet[Any], pk: int) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
