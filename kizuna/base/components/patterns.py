"""Hot pages as patterns: a template is drawn once for each shape of its page and then filled like a form letter.

Drawing the thirty small decisions of a template costs more than everything a page is about. What decides them (flags)
is the same for nearly all requests, so a pattern is kept per template, language, flags and the set of words that are
there at all; the words themselves stand in it as marked places. The chrome is filled in the same way (`chrome.py`).
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kizuna.base.components.chrome import Chrome
from kizuna.base.components.parts import PARTS

# NUL is in no text (it is refused or removed when a text is taken), so a mark is always ours.
MARK = re.compile("\0([a-z_]+)\0")
PATTERNS_KEPT = 400
TOKEN = "csrf_token"  # noqa: S105  (the name that Django's own tag asks for)

_patterns: dict[tuple, list[str]] = {}


def render_page(
    request: Any,
    template: str,
    *,
    flags: Mapping[str, bool | int | str],
    words: Mapping[str, str | int | None],
    status: int = 200,
) -> HttpResponse:
    """Answer with a page drawn from its pattern.

    `flags` decide how the page looks and must be few values each; templates may test them. `words` are texts, escaped
    here unless they are safe markup; templates may print them and test whether they are there, nothing else.
    """
    return HttpResponse(_filled(request, template, flags, words), status=status)


def token_of(request: Any) -> str:
    """Return this answer's CSRF token; making one costs thirty random letters, so a page makes one."""
    if not hasattr(request, "_kizuna_token"):
        request._kizuna_token = get_token(request)
    return request._kizuna_token


def fill(template: str, *, flags: Mapping[str, bool | int | str], words: Mapping[str, str | int | None]) -> SafeString:
    """Return a part of a page (no chrome) drawn from its pattern; flags and words as in `render_page`."""
    texts = _escaped(words)
    pieces = list(_pattern(template, flags, words, texts))
    for place in range(1, len(pieces), 2):
        pieces[place] = texts[pieces[place]]
    return mark_safe("".join(pieces))  # noqa: S308  (templates and conditional_escape escape)


def mark_of(name: str) -> SafeString:
    """Return the marked place of a word in a pattern."""
    return mark_safe(f"\0{name}\0")  # noqa: S308  (our own name)


def _filled(request: Any, template: str, flags: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    texts = _escaped(words)
    pieces = list(_pattern(template, flags, words, texts))
    chrome = _chrome_of()(request)
    language = get_language() or "ja"
    for place in range(1, len(pieces), 2):
        name = pieces[place]
        if name in texts:
            pieces[place] = texts[name]
        elif name == TOKEN:
            pieces[place] = token_of(request)
        else:
            pieces[place] = PARTS[name](chrome=chrome, request=request, language=language, token=token_of)
    return "".join(pieces)


def _escaped(words: Mapping[str, Any]) -> dict[str, str]:
    return {name: conditional_escape(word) for name, word in words.items() if word not in (None, "")}


@cache
def _chrome_of() -> Callable[[Any], Chrome]:
    return import_string(settings.KIZUNA_CHROME)


def _pattern(template: str, flags: Mapping[str, Any], words: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    key = (template, get_language(), tuple(flags.items()), tuple(texts))
    pattern = _patterns.get(key)
    if pattern is None:
        if len(_patterns) >= PATTERNS_KEPT:
            _patterns.clear()
        marked = {name: mark_of(name) if name in texts else "" for name in words}
        context = {"is_pattern": True, TOKEN: mark_of(TOKEN), **flags, **marked}
        pattern = _patterns[key] = MARK.split(render_to_string(template, context))
    return pattern
