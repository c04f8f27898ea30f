"""Tables of customers."""

from kizuna.success.customers.models.account import (
    Account,
    AccountChange,
    AccountDomain,
    AccountName,
    AccountNameTail,
    AccountOwnership,
    NameTailsDue,
)
from kizuna.success.customers.models.contract import (
    Cancellation,
    Contract,
    ContractChange,
    ContractLine,
    Purchase,
)
from kizuna.success.customers.models.joining import MatchDecision, Merge
from kizuna.success.customers.models.knowing import (
    AccountAttribute,
    AccountAttributeValue,
    Note,
    NoteMention,
    NoteVersion,
    PutOffStep,
    SavedView,
    SuccessDefinition,
)
from kizuna.success.customers.models.people import Contact, Employment
from kizuna.success.customers.models.touch import Touchpoint

__all__ = [
    "Account",
    "AccountAttribute",
    "AccountAttributeValue",
    "AccountChange",
    "AccountDomain",
    "AccountName",
    "AccountNameTail",
    "AccountOwnership",
    "Cancellation",
    "Contact",
    "Contract",
    "ContractChange",
    "ContractLine",
    "Employment",
    "MatchDecision",
    "Merge",
    "NameTailsDue",
    "Note",
    "NoteMention",
    "NoteVersion",
    "Purchase",
    "PutOffStep",
    "SavedView",
    "SuccessDefinition",
    "Touchpoint",
]
