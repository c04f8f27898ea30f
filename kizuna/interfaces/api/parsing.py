"""JSON as others send it: read once, strictly, before any app sees it."""

import json
import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from kizuna.interfaces.api.problems import Problem

NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class ReadAtTheEntrance(Parser):
    """Gives ninja what the entrance has read."""

    def parse_body(self, request: HttpRequest) -> Any:
        return request.read_json  # type: ignore[attr-defined]


def read_json(raw: bytes) -> Any:
    """Return what a body says, or raise Problem: broken, nested too deep, a name twice, or no number."""
    try:
        value = json.loads(raw, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(400, _("The body is not valid JSON.")) from None
    return _cleaned(value) if b"\\u" in raw else value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # two readers could take different ones
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _cleaned(value: Any) -> Any:
    """Take out what JSON can spell and databases cannot hold: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return NOT_TEXT.sub("", value)
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(part) for name, part in value.items()}
    return value
