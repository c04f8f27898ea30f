"""What follows for referrals: a new member who came by a link is noted."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.members.activities import MEMBER_JOINED, MEMBER_REQUESTED
from kizuna.core.members.models import Member
from kizuna.engagement.referrals import actions


def credit_referrer(*, activity: Activity) -> None:
    """Note by whom somebody came who joined, or asked to."""
    code = activity.props.get("came_by")
    member = Member.objects.filter(pk=activity.object_id or 0).first() if code else None
    if member is not None:
        actions.credit_link(member=member, code=code, now=activity.at)


CREDIT = Consumer("credit_referrers", (MEMBER_JOINED.verb, MEMBER_REQUESTED.verb), credit_referrer)
