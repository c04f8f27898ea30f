"""What follows for testimonials: the member who was asked is told."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.notifications.actions import notify
from kizuna.engagement.testimonials import activities, notices


def tell_asked(*, activity: Activity) -> None:
    """Tell a member that some words of theirs would be welcome."""
    member_id = activity.props.get("member")
    notify(
        recipients=[member_id] if member_id else [],
        kind=notices.ASKED.name,
        activity=activity,
        actor_id=activity.actor_id,
        target_type="testimonial",
        target_id=activity.object_id or 0,
    )


ASKED = Consumer("tell_asked_for_words", (activities.ASKED.verb,), tell_asked)
