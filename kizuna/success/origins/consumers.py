"""What follows for origins: accounts of referred members, and their contracts."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.engagement.referrals.activities import REFERRED
from kizuna.success.customers.activities import ACCOUNT_JOINED, CONTRACT_SIGNED, EMPLOYMENT_BEGUN
from kizuna.success.customers.models import Contact
from kizuna.success.origins import actions


def note_account(*, activity: Activity) -> None:
    """Note the origin of the accounts of somebody who was referred, whichever of the two is known first."""
    if activity.verb == REFERRED.verb:
        member_id = activity.object_id
    elif activity.verb == ACCOUNT_JOINED.verb:
        member_id = activity.props.get("member")
    else:
        contact = Contact.objects.filter(pk=activity.props.get("contact") or 0).first()
        member_id = contact.member_id if contact else None
    if member_id:
        actions.note_referred(member_id=member_id, now=activity.at)


def note_contract(*, activity: Activity) -> None:
    """Note the origin of a new contract."""
    actions.note_contract(contract_id=activity.object_id or 0, now=activity.at)


ACCOUNTS = Consumer(
    "note_origins_of_accounts", (REFERRED.verb, ACCOUNT_JOINED.verb, EMPLOYMENT_BEGUN.verb), note_account
)
CONTRACTS = Consumer("note_origins_of_contracts", (CONTRACT_SIGNED.verb,), note_contract)
