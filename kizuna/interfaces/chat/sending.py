"""The door of the inbox that leads to LINE, and the short words that a code is answered with."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kizuna.base.registry import DoorClosed
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.files.models import File
from kizuna.interfaces.chat import line, queries
from kizuna.interfaces.chat.actions.linking import JOINED
from kizuna.interfaces.chat.models import LineUser
from kizuna.success.inbox.enclosing import with_lent
from kizuna.success.inbox.models import Delivery, Inquiry


def to_line(*, delivery_id: int) -> None:
    """Send one answer. Called again after a crash it has the same key, by which LINE sends it once."""
    delivery = Delivery.objects.select_related("message__inquiry").get(pk=delivery_id)
    user = queries.line_user_of(delivery.message.inquiry)
    if user is None:
        raise DoorClosed(gettext_lazy("It is not known to whom this goes at LINE."))
    if not user.is_following:
        raise DoorClosed(gettext_lazy("They have blocked our LINE account, or are no friend of it any more."))
    if not user.channel.is_active:
        raise DoorClosed(gettext_lazy("This LINE account is not in use."))
    files = File.objects.filter(target_type="inquiry_message", target_id=delivery.message_id, is_removed=False)
    body = with_lent(delivery.message.body, files=files.order_by("pk"), since=delivery.created_at)
    line.push(
        to=user.user_id,
        texts=line.texts_of(body),
        token=queries.token_of(user.channel),
        retry_key=line.retry_key_of(delivery.key),
    )


def is_lines(*, inquiry: Inquiry) -> bool:
    """Tell whether it is known who asked by LINE."""
    return queries.line_user_of(inquiry) is not None


def say(*, user_id: int, said: str, key: str) -> None:
    """Answer a code: joined, or not known."""
    user = LineUser.objects.select_related("channel").filter(pk=user_id).first()
    if user is None or not user.is_following:
        return
    with override(str(community.setting(keys.DEFAULT_LANGUAGE))):
        joined = _("You are joined to your account now. What you write here, we know to be from you.")
        unknown = _("This code is not good, or not any more. Please make a new one on your page.")
        text = joined if said == JOINED else unknown
    try:
        line.push(
            to=user.user_id,
            texts=[text],
            token=queries.token_of(user.channel),
            retry_key=line.retry_key_of(f"code:{key}"),
        )
    except DoorClosed:
        return  # nobody waits for it at the desk
