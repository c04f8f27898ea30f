"""From a provider's claims to what we keep. Everything said is text of a stranger: cut, cleaned, never trusted in kind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kizuna.core.members import queries as members
from kizuna.core.members.models import Attribute
from kizuna.core.members.models.member import normalised_email

FIELDS = {"name": 80, "kana": 80, "company": 120, "person_id": 120, "customer_id": 120}
ATTRIBUTE = "attribute:"
DEFAULT = {"name": "name", "email": "email"}
PROTOCOL = frozenset("iss aud azp exp iat nbf jti nonce at_hash c_hash s_hash auth_time sid events acr amr typ".split())
MAX_CLAIMS, MAX_BYTES, LONGEST = 40, 8_000, 500


@dataclass(frozen=True)
class Said:
    """What a provider says of a person, in our words."""

    email: str = ""
    is_verified: bool = False
    language: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def email_key(self) -> str:
        return normalised_email(self.email)

    @property
    def domain(self) -> str:
        return self.email_key.rpartition("@")[2]

    @property
    def name(self) -> str:
        return self.fields.get("name") or self.email_key.partition("@")[0][:80] or "member"


def said(mapping: Mapping[str, str], claims: Mapping[str, Any]) -> Said:
    """Return what the claims say by the provider's mapping."""
    paths = {**DEFAULT, **mapping}
    email = _text(_at(claims, paths["email"]), 254)
    locale = _text(claims.get("locale"), 20).lower()
    fields = {name: _text(_at(claims, paths.get(name, "")), longest) for name, longest in FIELDS.items()}
    if not fields["name"]:
        parts = (_text(claims.get(part), 40) for part in ("family_name", "given_name"))
        fields["name"] = " ".join(filter(None, parts))[:80]
    return Said(
        email=email if _is_address(email) else "",
        is_verified=claims.get("email_verified") in (True, "true"),
        language=next((code for code in ("ja", "en") if locale.startswith(code)), ""),
        fields={name: text for name, text in fields.items() if text},
        answers=_answers(paths, claims),
    )


def kept(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims worth showing again: without the protocol's own, cut to a size."""
    found: dict[str, Any] = {}
    for name, value in list(claims.items())[: MAX_CLAIMS * 2]:
        if name in PROTOCOL or len(found) >= MAX_CLAIMS or not isinstance(name, str):
            continue
        small = _small(value, depth=2)
        if len(json.dumps({**found, name[:80]: small}, ensure_ascii=False).encode()) > MAX_BYTES:
            break
        found[name[:80]] = small
    return found


def _answers(paths: Mapping[str, str], claims: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {key.removeprefix(ATTRIBUTE): path for key, path in paths.items() if key.startswith(ATTRIBUTE)}
    if not wanted:
        return {}
    found = {}
    for attribute in members.attributes():
        value = _at(claims, wanted.get(attribute.key, ""))
        if value is not None:
            found[attribute.key] = _fitting(attribute, value)
    return {key: value for key, value in found.items() if value is not None}


def _fitting(attribute: Attribute, value: Any) -> Any:
    """Return a claim in the form of the attribute's answers; whether it fits is checked where it is stored."""
    kind = Attribute.Kind(attribute.kind)
    if kind == Attribute.Kind.CHOICES:
        return [_text(item, 200) for item in value][:100] if isinstance(value, list) else [_text(value, 200)]
    if kind == Attribute.Kind.YES_NO:
        return {True: True, False: False, "true": True, "false": False}.get(
            value if isinstance(value, bool | str) else ""
        )
    if kind == Attribute.Kind.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return _text(value, 200) or None


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """Return the claim at a path: a name as it stands (it may be a URL), else parts between dots."""
    if not path:
        return None
    if path in claims:
        return claims[path]
    value: Any = claims
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _text(value: Any, longest: int) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: longest * 4])
    return " ".join(text.split())[:longest]


def _small(value: Any, *, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, float) or abs(value) < 1e15 else str(value)
    if isinstance(value, str):
        return value.replace("\x00", "")[:LONGEST]
    if isinstance(value, list) and depth:
        return [_small(item, depth=depth - 1) for item in value[:20]]
    if isinstance(value, dict) and depth:
        return {str(key)[:80]: _small(item, depth=depth - 1) for key, item in list(value.items())[:20]}
    return "…"


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
