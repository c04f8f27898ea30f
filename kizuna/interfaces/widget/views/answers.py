"""What the widget asks about: itself, who somebody is, what answers already, and whether that helped."""

import hashlib
import logging
from typing import Any
from urllib.parse import quote

from kizuna.base.hosting import links
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import in_language
from kizuna.core.identities.oidc import Distrusted
from kizuna.core.members.actions.limits import attempt
from kizuna.core.search.queries import similar
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.interfaces.api.problems import Problem
from kizuna.interfaces.widget import limits, queries, tokens, wording
from kizuna.interfaces.widget.settings import PLACED
from kizuna.interfaces.widget.trees import tree_of
from kizuna.interfaces.widget.views.entrance import Call, call
from kizuna.success.inbox.contact_forms import words_of
from kizuna.success.inbox.settings import FORM

TOPIC, ARTICLE = "topic", "article"
RELATED = 5
logger = logging.getLogger("kizuna.widget")


@call
def hello(call: Call) -> dict[str, Any]:
    """Tell all that the button and the panel need before anybody asks."""
    placed, viewer = community.setting(PLACED), call.viewer
    name = in_language(community.setting(keys.NAME), viewer.language)
    return {
        "name": name,
        "greeting": in_language(placed["greeting"], viewer.language),
        "phone": placed["phone"],
        "hue": community.setting(keys.BRAND_HUE),
        "chroma": community.setting(keys.BRAND_CHROMA),
        "hours": wording.hours_words(call.now),
        "who": viewer.name if viewer.is_member else "",
        "unread": _unread(call),
        "urgent": community.setting(FORM)["urgent"],
        "privacy": words_of("privacy", viewer.language),
        "words": wording.words(name),
        "labels": wording.labels(),
        "home": links.base_url() + "/",
    }


@call
def token(call: Call) -> dict[str, Any]:
    """Take a token of the product and answer with one of ours; with none for somebody who is no member."""
    attempt(limits.EXCHANGED, key=call.network, now=call.now)
    try:
        found = tokens.exchanged(call.text("jwt"), origin=call.origin, now=call.now)
    except Distrusted as error:
        logger.warning("token refused: %s", error)
        raise Problem(401, WWW_Authenticate="Bearer") from None
    if found is None:
        return {"token": "", "name": ""}
    ours, identity = found
    return {"token": ours, "name": identity.member.name, "seconds": int(tokens.LIFETIME.total_seconds())}


@call
def search(call: Call) -> dict[str, Any]:
    """Find what answers."""
    text = call.text("q", longest=1_000).strip()
    found = queries.found_by(call.viewer, text, now=call.now, is_noted=call.said.get("typed") is True)
    return {"items": items_of(call, found), "said": wording.found_words(len(found.hits), found.others)}


@call
def read(call: Call) -> dict[str, Any]:
    """Show an article, or a solved question with its answer."""
    if call.text("type") == ARTICLE:
        item = queries.article_of(call.viewer, call.number("id"))
        parts = [{"note": item.short_answer, "body": tree_of(item.html)}]
        note, title, path = wording.article_note(item), item.title, f"/k/{item.pk}/"
    else:
        solved = queries.solved_of(call.viewer, call.number("id"))
        parts = [
            {"head": wording.asked_by(solved.question), "body": tree_of(solved.question.html)},
            {"head": wording.answered_by(solved.answer), "body": tree_of(solved.answer.html)},
        ]
        note, title, path = str(wording.SOLVED), solved.topic.title, f"/t/{solved.topic.pk}/"
    own = (ARTICLE if call.text("type") == ARTICLE else TOPIC, call.number("id"))
    related = len(similar(viewer=call.viewer, text=title, limit=RELATED, exclude=[own], types=("question",)))
    return {
        "title": title,
        "note": note,
        "parts": parts,
        "url": links.base_url() + quote(path),
        "open": wording.open_words(related),
    }


@call
def vote(call: Call) -> dict[str, Any]:
    """Keep whether what was read solved it: the same answer as on its own page."""
    attempt(limits.VOTED, key=call.network, now=call.now)
    is_solved = call.said.get("solved") is True
    key = "" if call.viewer.is_member else _visitor_key(call)
    if call.text("type") == ARTICLE:
        item = queries.article_of(call.viewer, call.number("id"))
        knowledge.rate_article(
            viewer=call.viewer, article=item, is_solved=is_solved, now=call.now, visitor_key=key, reason="", comment=""
        )
    else:
        solved = queries.solved_of(call.viewer, call.number("id"))
        discussions.answer_solved_check(
            viewer=call.viewer,
            topic=solved.topic,
            post=solved.answer,
            is_solved=is_solved,
            now=call.now,
            visitor_key=key,
        )
    return {"said": wording.voted_words(is_solved)}


def items_of(call: Call, found: queries.Found) -> list[dict[str, Any]]:
    """Return results as the panel lists them."""
    names = queries.answerers_of(call.viewer, [hit.id for hit in found.hits if hit.type == TOPIC])
    return [
        {
            "type": hit.type,
            "id": hit.id,
            "title": [list(part) for part in hit.title_segments],
            "note": wording.hit_note(hit, names.get(hit.id, "")),
        }
        for hit in found.hits
    ]


def _unread(call: Call) -> list[dict[str, Any]]:
    if not call.viewer.is_member:
        return []
    return [
        {"id": inquiry.pk, "title": inquiry.title, "count": count}
        for inquiry, count in queries.own_asked(call.viewer)
        if count
    ]


def _visitor_key(call: Call) -> str:
    """Return a key that is the same for one visitor's browser during one day, and cannot be turned back."""
    parts = (call.network, call.request.headers.get("User-Agent", ""), call.now.date().isoformat())
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()
