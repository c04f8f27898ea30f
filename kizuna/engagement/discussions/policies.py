"""Who may do what in discussions. `require_…` raise Refused with the reason that the person reads."""

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused, can_act, can_manage, can_moderate, require
from kizuna.core.members.viewer import PUBLIC, Viewer
from kizuna.engagement.discussions.models import Post, Space, State, Topic

SIGN_IN = _("Please sign in to take part.")
NO_REPLIES = _("This topic takes no replies.")


def can_open_topic(viewer: Viewer, space: Space) -> bool:
    """Tell whether the viewer may open a topic in a space they see."""
    if not can_act(viewer) or space.is_archived or space.audience_id not in viewer.audience_ids:
        return False
    return viewer.is_staff or space.posting == Space.Posting.MEMBERS


def can_reply(viewer: Viewer, topic: Topic) -> bool:
    """Tell whether the viewer may reply to a topic they see; a closed one takes the words of moderators only."""
    if not can_act(viewer) or topic.space.is_archived or topic.state != State.VISIBLE:
        return False
    return not topic.is_closed or can_moderate(viewer)


def can_edit(viewer: Viewer, post: Post) -> bool:
    """Tell whether the viewer may change the words of a post they see."""
    if not can_act(viewer) or post.state not in (State.VISIBLE, State.HELD):
        return False
    return can_moderate(viewer) or (post.author_id == viewer.member_id and not post.topic.is_closed)


def can_delete(viewer: Viewer, post: Post) -> bool:
    """Tell whether the viewer may delete their own post: not a question that was answered, nor the accepted answer."""
    if not can_act(viewer) or post.author_id != viewer.member_id:
        return False
    if post.number == 1:
        return post.topic.first_reply_at is None
    return post.topic.accepted_post_id != post.pk


def can_hide(viewer: Viewer) -> bool:
    return can_moderate(viewer)


def can_accept(viewer: Viewer, topic: Topic) -> bool:
    """Tell whether the viewer may say what solved a question: its asker and staff."""
    if not can_act(viewer) or topic.space.kind != Space.Kind.QUESTION or topic.state != State.VISIBLE:
        return False
    return viewer.member_id == topic.author_id or viewer.is_staff


def can_arrange(viewer: Viewer) -> bool:
    """Tell whether the viewer may move, close and pin topics and change others' tags and titles."""
    return can_moderate(viewer)


def can_tag(viewer: Viewer, topic: Topic) -> bool:
    return can_arrange(viewer) or (can_act(viewer) and topic.author_id == viewer.member_id and not topic.is_closed)


def can_choose_audience(viewer: Viewer) -> bool:
    """Tell whether the viewer may say that only some read a topic that they open."""
    return can_act(viewer) and viewer.is_staff


def can_narrow(viewer: Viewer, topic: Topic) -> bool:
    """Tell whether the viewer may change who of those in its space may read a topic."""
    is_own = topic.author_id == viewer.member_id and can_choose_audience(viewer)
    return (can_arrange(viewer) or is_own) and topic.urgency != Topic.Urgency.PRIVATE


def can_change_idea_status(viewer: Viewer, topic: Topic) -> bool:
    return can_act(viewer) and viewer.is_staff and topic.space.kind == Space.Kind.IDEA


def can_change_spaces(viewer: Viewer) -> bool:
    return can_manage(viewer)


def require_open_topic(viewer: Viewer, space: Space) -> None:
    require(can_act(viewer), SIGN_IN)
    if space.is_archived:
        raise Refused(_("This space is archived and takes no new topics."))
    require(can_open_topic(viewer, space), _("In this space, only the team opens topics."))


def require_reply(viewer: Viewer, topic: Topic) -> None:
    require(can_act(viewer), SIGN_IN)
    if topic.is_closed and not can_moderate(viewer):
        raise Refused(_("This topic is closed."), code="closed")
    require(can_reply(viewer, topic), NO_REPLIES)


def require_edit(viewer: Viewer, post: Post) -> None:
    require(can_act(viewer), SIGN_IN)
    require(can_edit(viewer, post), _("You cannot edit this post."))


def require_delete(viewer: Viewer, post: Post) -> None:
    require(can_act(viewer), SIGN_IN)
    require(post.author_id == viewer.member_id, _("You can delete only your own posts."))
    if post.number == 1:
        require(
            can_delete(viewer, post), _("A topic that was answered stays, for those who wrote and those who search.")
        )
    require(can_delete(viewer, post), _("An accepted answer stays. Please ask the team if it has to go."))


def require_accept(viewer: Viewer, topic: Topic) -> None:
    require(can_act(viewer), SIGN_IN)
    require(topic.space.kind == Space.Kind.QUESTION, _("Only questions have an accepted answer."))
    require(can_accept(viewer, topic), _("Only the person who asked, or the team, can accept an answer."))


def require_moderate(viewer: Viewer) -> None:
    require(can_moderate(viewer), _("Only moderators can do this."))


def require_arrange(viewer: Viewer) -> None:
    require(can_arrange(viewer), _("Only moderators can do this."))


def require_own_audience(viewer: Viewer, audience_id: int, *, is_private: bool) -> None:
    """Refuse an audience that narrows nothing, or that the viewer is not in."""
    require(can_choose_audience(viewer), _("Only the team chooses who may read a topic."))
    if is_private:
        raise Refused(_("A private question stays with the team and its asker."), field="audience")
    if audience_id == PUBLIC or audience_id not in viewer.audience_ids:
        raise Refused(_("Please choose from the list."), field="audience")


def require_narrow(viewer: Viewer, topic: Topic) -> None:
    require(can_narrow(viewer, topic), _("You cannot change who may read this topic."))


def require_spaces(viewer: Viewer) -> None:
    require(can_change_spaces(viewer), _("Only the community's managers can change spaces."))
