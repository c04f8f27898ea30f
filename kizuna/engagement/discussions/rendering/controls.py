"""The viewer's part of a thread: what one person may press, filled into stored fragments.

Plain strings, because a page holds thirty posts: labels are looked up and escaped once a page. Every control is a form
button that works without JavaScript; buttons outside a form of their own belong to the page's form `acts`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from kizuna.base.components import leaves
from kizuna.base.hosting.links import absolute_url
from kizuna.core.members.policies import can_act, can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies
from kizuna.engagement.discussions.models import State
from kizuna.engagement.discussions.queries.pages import PostRow, ThreadState, TopicRow
from kizuna.engagement.discussions.rendering import words

ACTS = "acts"  # id of the page's one form for lone buttons
# Stand for a post's id and number in markup that is drawn once for all posts alike.
ID, NUMBER = "\0id\0", "\0number\0"
SAME = "same"  # the reaction that a question itself takes: "me too"


class Drawn(NamedTuple):
    """What a kind of post has in its menu and under it, with the post's id and number still to come."""

    menu: str
    buttons: str


@dataclass
class Controls:
    """What `viewer` may press on the posts of one thread."""

    viewer: Viewer
    topic: TopicRow
    state: ThreadState
    csrf_token: str
    after: int = 0
    first_unread: int | None = None
    _drawn: dict[tuple, "Drawn"] = field(default_factory=dict, init=False, repr=False)  # so far, by what decides it

    def slots(self, post: PostRow) -> dict[str, str]:
        """Return the values of a post fragment's slots."""
        menu = self._drawn_for(post).menu.replace(ID, str(post.id)).replace(NUMBER, str(post.number))
        return {"meta": self._meta(post), "menu": menu, "state": self._state(post)}

    def foot(self, post: PostRow) -> str:
        """Return the row under an answer: reactions, accept, reply."""
        inside = self.reactions(post) + self._drawn_for(post).buttons.replace(ID, str(post.id))
        return f'<div class="row row--wrap">{inside}</div>' if inside else ""

    def reactions(self, post: PostRow) -> str:
        """Return the reactions of a post: buttons for members, counts for others."""
        counts, mine = post.reaction_counts, self.state.reactions.get(post.id, ())
        takes_same = self._takes_same(post)
        reacts = self._may_act and post.state == State.VISIBLE and post.author_id != self.viewer.member_id
        if not (counts or mine or takes_same):
            return self._no_reactions.replace(ID, str(post.id)) if reacts else ""
        labels = self._labels(takes_same)
        if not reacts:
            shown = "".join(
                f'<li class="react">{label} <b class="num">{counts[word]}</b></li>'
                for word, label in labels
                if counts.get(word)
            )
            return f'<ul class="reacts">{shown}</ul>' if shown else ""
        buttons = "".join(_reaction(word, label, counts.get(word, 0), word in mine) for word, label in labels)
        return self._reactions_form(post.id, buttons)

    def bookmark(self, post: PostRow) -> str:
        """Return the button that keeps a post."""
        kept = post.id in self.state.bookmarks
        label = gettext("Saved") if kept else gettext("Save")
        return (
            f'<button class="act" form="{ACTS}" formaction="/p/{post.id}/bookmark/" name="on" '
            f'value="{int(not kept)}" aria-pressed="{str(kept).lower()}">{leaves.icon("bookmark", filled=kept)}{escape(label)}</button>'
        )

    def topic_acts(self) -> str:
        """Return what one may do with the topic as a whole: follow and share."""
        url = escape(absolute_url(f"/t/{self.topic.id}/"))
        label = leaves.icon("share-2") + escape(gettext("Share"))
        share = f'<a class="act" href="{url}" data-share="{url}" data-title="{escape(self.topic.title)}">{label}</a>'
        if not self._may_act:
            return share
        return follow_button(self.topic.id, is_following=self.state.is_following, csrf_token=self.csrf_token) + share

    @property
    def can_reply(self) -> bool:
        """Tell whether the viewer may reply here."""
        return self._can_reply

    def _meta(self, post: PostRow) -> str:
        if self.first_unread is None or post.number < self.first_unread or post.author_id == self.viewer.member_id:
            return ""
        return self._new_chip

    def _state(self, post: PostRow) -> str:
        if post.state == State.VISIBLE:
            return ""
        note, can_restore = {
            State.HELD: (gettext("This post waits for a moderator. Until then only you and the team see it."), False),
            State.DELETED: (gettext("This post was deleted. Others do not see it."), True),
            State.HIDDEN: (gettext("The team has hidden this post. Members do not see it."), True),
        }[State(post.state)]
        button, label = "", escape(gettext("Bring back"))
        if can_restore:
            button = (
                f'<button class="btn btn--sm push" form="{ACTS}" formaction="/p/{post.id}/removal/" name="on" '
                f'value="0">{label}</button>'
            )
        return f'<div class="callout callout--warn">{leaves.icon("eye-off")}<span class="grow">{escape(note)}</span>{button}</div>'

    def _drawn_for(self, post: PostRow) -> "Drawn":
        """Return what stands in the menu and under a post like this one; drawn once a page for all posts alike."""
        alike = (
            post.author_id == self.viewer.member_id,
            post.state,
            post.number == 1,
            post.is_reply,
            post.id == self.topic.accepted_post_id,
            post.id in self.state.bookmarks,
        )
        drawn = self._drawn.get(alike)
        if drawn is None:
            menu = self._drawn_menu(self._offer(post)) if self._may_act else ""
            drawn = self._drawn[alike] = Drawn(menu, self._buttons(post))
        return drawn

    def _buttons(self, post: PostRow) -> str:
        buttons = ""
        if self._can_accept and post.number > 1 and post.id != self.topic.accepted_post_id and not post.is_reply:
            buttons += (
                f'<button class="btn btn--sm" form="{ACTS}" formaction="/t/{self.topic.id}/accepted-answer/" '
                f'name="post" value="{ID}">{self._accept_label}</button>'
            )
        if self.can_reply and post.state == State.VISIBLE:
            buttons += f'<a class="act push" href="{self._answer_url(ID)}">{self._reply_label}</a>'
        return buttons

    def _reactions_form(self, post_id: int | str, buttons: str) -> str:
        return (
            f'<k-reactions><form class="reacts" method="post" action="/p/{post_id}/reactions/" data-again>'
            f"{self._csrf}{buttons}</form></k-reactions>"
        )

    def _drawn_menu(self, offer: tuple[str, ...]) -> str:
        """Return the menu with these entries of a post whose id and number are still to come."""
        items = [self._item(name) for name in offer]
        return (
            f'<k-menu><details class="menu"><summary class="iconbtn iconbtn--sm" aria-label="{self._more_label}">'
            f'{self._more_icon}</summary><div class="menu__list">{"".join(items)}</div></details></k-menu>'
        )

    def _offer(self, post: Any) -> tuple[str, ...]:
        """Return which entries the menu of a post has for this viewer."""
        offer = []
        if self.can_reply and post.state == State.VISIBLE:
            offer.append("quote")
        if post.number > 1:
            offer.append("kept" if post.id in self.state.bookmarks else "keep")
        offer.append("copy")
        if policies.can_edit(self.viewer, post):
            offer.append("edit")
        if policies.can_delete(self.viewer, post) and post.state in (State.VISIBLE, State.HELD):
            offer.append("delete")
        elif self._moderates and post.state == State.VISIBLE:
            offer.append("hide")
        return tuple(offer)

    def _item(self, name: str) -> str:
        label, url = self._menu_labels[name], f"/t/{self.topic.id}/?p={NUMBER}#p-{NUMBER}"
        if name in ("keep", "kept"):
            return self._act(f"/p/{ID}/bookmark/", name == "keep", label)
        if name == "delete":
            return self._act(f"/p/{ID}/removal/", True, label)
        links = {
            "quote": f'href="{self._answer_url(ID, quote=True)}"',
            "copy": f'href="{url}" data-copy="{url}"',
            "edit": f'href="/p/{ID}/edit/"',
            "hide": f'href="/p/{ID}/hide/"',
        }
        return f"<a {links[name]}>{label}</a>"

    def _act(self, url: str, on: bool, label: str) -> str:
        return f'<button form="{ACTS}" formaction="{url}" name="on" value="{int(on)}">{label}</button>'

    def _answer_url(self, post_id: int | str, *, quote: bool = False) -> str:
        place = f"after={self.after}&amp;" if self.after else ""
        return f"/t/{self.topic.id}/?{place}reply={post_id}{'&amp;quote=1' if quote else ''}#reply"

    def _labels(self, takes_same: bool) -> list[tuple[str, str]]:
        return [item for item in self._reactions if (item[0] == SAME) == takes_same] or self._reactions

    def _takes_same(self, post: PostRow) -> bool:
        return post.number == 1 and self.topic.space.is_question

    @cached_property
    def _may_act(self) -> bool:
        return can_act(self.viewer)

    @cached_property
    def _moderates(self) -> bool:
        return can_moderate(self.viewer)

    @cached_property
    def _can_reply(self) -> bool:
        topic: Any = self.topic
        return policies.can_reply(self.viewer, topic)

    @cached_property
    def _can_accept(self) -> bool:
        topic: Any = self.topic
        return policies.can_accept(self.viewer, topic)

    @cached_property
    def _reactions(self) -> list[tuple[str, str]]:
        return [(escape(word), escape(label)) for word, label in words.reactions(self.viewer.language)]

    @cached_property
    def _no_reactions(self) -> str:
        buttons = "".join(_reaction(word, label, 0, False) for word, label in self._labels(False))
        return self._reactions_form(ID, buttons)

    @cached_property
    def _csrf(self) -> str:
        return f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(self.csrf_token)}">'

    @cached_property
    def _more_label(self) -> str:
        return escape(gettext("More actions"))

    @cached_property
    def _more_icon(self) -> str:
        return leaves.icon("ellipsis")

    @cached_property
    def _new_chip(self) -> str:
        return leaves.chip(gettext("New"), tone="brand")

    @cached_property
    def _accept_label(self) -> str:
        return leaves.icon("circle-check") + escape(gettext("This solved it"))

    @cached_property
    def _reply_label(self) -> str:
        return leaves.icon("message-circle") + escape(gettext("Reply"))

    @cached_property
    def _menu_labels(self) -> dict[str, str]:
        texts = {
            "quote": ("quote", gettext("Reply with a quotation")),
            "keep": ("bookmark", gettext("Save")),
            "kept": ("bookmark", gettext("Remove from saved")),
            "copy": ("link", gettext("Copy link")),
            "edit": ("pencil", gettext("Edit")),
            "delete": ("trash-2", gettext("Delete")),
            "hide": ("eye-off", gettext("Hide from members")),
        }
        return {key: leaves.icon(icon) + escape(text) for key, (icon, text) in texts.items()}


def _reaction(word: str, label: str, count: int, is_mine: bool) -> str:
    return (
        f'<button class="react" name="name" value="{word}" aria-pressed="{"true" if is_mine else "false"}">'
        f'{label} <b class="num">{count or ""}</b></button>'
    )


def follow_button(topic_id: int, *, is_following: bool, csrf_token: str) -> str:
    """Return the form that follows a topic or leaves it; htmx puts the answered one in its place."""
    url, label = f"/t/{topic_id}/follow/", gettext("Following") if is_following else gettext("Follow")
    return (
        f'<form method="post" action="{url}" id="follow-{topic_id}" hx-post="{url}" hx-swap="outerHTML" data-again>'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(csrf_token)}">'
        f'<button class="act" name="on" value="{int(not is_following)}" aria-pressed="{str(is_following).lower()}">'
        f"{leaves.icon('bell', filled=is_following)}{escape(label)}</button></form>"
    )


def answer_count(number: int) -> str:
    """Return how many answers, as words."""
    return ngettext("{n} answer", "{n} answers", number).format(n=number)


def reply_count(number: int) -> str:
    """Return how many replies, as words."""
    return ngettext("{n} reply", "{n} replies", number).format(n=number)
