"""What origins offer to lower apps: a page of the desk, a line on a customer and on a contract."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AccountLine, AuditWords, NavigationItem, TermLine
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Contract
from kizuna.success.origins import queries, wording
from kizuna.success.origins.models import Origin


def _reads(*, viewer: Viewer) -> bool:
    return can_use_desk(viewer)


def _line(*, viewer: Viewer, account_id: int, language: str) -> tuple[str, str, str] | None:
    if not can_use_desk(viewer):
        return None
    return _said(queries.origin_of_account(account_id), account_id)


def _contract_line(*, viewer: Viewer, contract: Contract, language: str) -> tuple[str, str, str] | None:
    if not can_use_desk(viewer):
        return None
    return _said(queries.origin_of_contract(contract.pk), contract.account_id)


def _said(origin: Origin | None, account_id: int) -> tuple[str, str, str]:
    words = origin.referrer.name if origin and origin.referrer else gettext("Not known")
    meaning = str(wording.HOWS[origin.how]) if origin else gettext("Nothing was noted.")
    return words, meaning, f"/desk/customers/{account_id}/origin/"


DESK = NavigationItem("desk-referrals", _("Referrals"), "origins:report", "share-2", _reads, place="desk")
LINE = AccountLine("origin", _("Referrer"), _line)
AUDIT = AuditWords("origins", {"origins.exported": _("Referrals exported")})
ON_CONTRACT = TermLine("origin", _("Referrer"), _contract_line)
