"""What identities declare: a way in, a line of Studio, a door on one's own records, words of the audit log."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AccountDoor, AuditWords, NavigationItem
from kizuna.core.identities.door import DOOR as DOOR
from kizuna.core.identities.wording import DEEDS
from kizuna.core.members.policies import can_own
from kizuna.core.members.viewer import Viewer


def _is_owner(*, viewer: Viewer) -> bool:
    return can_own(viewer)


STUDIO = NavigationItem(
    "sign-in", _("Company sign-in"), "identities:studio", "key-round", _is_owner, place="studio", section="setup"
)
OWN = AccountDoor(
    "company-accounts",
    _("Company accounts"),
    _("Accounts of your company that open this one."),
    "identities:own",
)
AUDIT = AuditWords(
    "identities",
    DEEDS,
    pages={"identities": _("People of a way to sign in")},
    things={"provider": _("Way to sign in"), "directory_group": _("Group of the directory")},
)
