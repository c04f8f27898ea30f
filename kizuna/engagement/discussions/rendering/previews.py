"""A text as it will look, before it is sent."""

from django.utils.safestring import SafeString

from kizuna.engagement.discussions.actions.writing import rendered, tidied
from kizuna.engagement.discussions.rendering.slots import trusted


def of_body(body: str) -> SafeString:
    """Return the sanitised HTML of a Markdown body. Raises Refused when it is too long."""
    document, _known = rendered(tidied(body))
    return trusted(document.html)


def stored_body(body_html: str) -> SafeString:
    """Return a body that was sanitised when it was stored."""
    return trusted(body_html)
