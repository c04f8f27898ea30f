"""The doors of the inbox that lie inside: an answer in the community, and one on the member's own page."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import DoorClosed
from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.engagement.discussions.actions.posts import post_reply
from kizuna.engagement.discussions.models import Post, Topic
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage


def to_topic(*, delivery_id: int) -> None:
    """Post an answer as a reply of its author, under the question or the post that called for us."""
    message = _message(delivery_id)
    inquiry = message.inquiry
    if message.author is None or not message.author.is_active:
        raise DoorClosed(_("Whoever wrote this answer is not of the team any more."))
    post = _post_of(inquiry)
    try:
        reply = post_reply(
            viewer=viewer_of(message.author),
            topic=post.topic,
            body=message.body,
            reply_to=None if post.number == 1 else post,
            now=timezone.now(),
            draft_context=f"inquiry:{inquiry.pk}",
        )
    except Refused as refused:
        raise DoorClosed(refused.reason) from None
    InquiryMessage.objects.filter(pk=message.pk).update(external_id=f"post:{reply.pk}")


def to_own_page(*, delivery_id: int) -> None:
    """Show an answer to the member on their own page: from now on it is sent. Who it is for is told by a consumer."""
    inquiry = _message(delivery_id).inquiry
    if inquiry.member is None or not inquiry.member.is_active:
        raise DoorClosed(_("Whoever asked has left the community."))


def is_members(*, inquiry: Inquiry) -> bool:
    """Tell whether a member asked, who reads answers on their own page."""
    return inquiry.member_id is not None


def _message(delivery_id: int) -> InquiryMessage:
    delivery = Delivery.objects.select_related("message__inquiry__member", "message__author").get(pk=delivery_id)
    return delivery.message


def _post_of(inquiry: Inquiry) -> Post:
    posts = Post.objects.select_related("topic__space")
    if inquiry.source_type == "topic":
        post = posts.filter(topic_id=inquiry.source_id or 0, number=1).first()
    else:
        post = posts.filter(pk=inquiry.source_id or 0).first()
    if post is None or not Topic.objects.filter(pk=post.topic_id).exists():
        raise DoorClosed(_("The question is not there any more."))
    return post
