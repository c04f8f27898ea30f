"""A copy of what the community holds about one member, as JSON, written while it is sent."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponseBase, StreamingHttpResponse

from kizuna.base import registry
from kizuna.core.members import queries
from kizuna.core.members.models import Member, PurposeConsent, RoleGrant, SignIn

FORMAT = "kizuna-member-1"


def download(member: Member, *, now: datetime) -> HttpResponseBase:
    """Return the copy as a file."""
    response = StreamingHttpResponse(_written(member, now=now), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{member.handle}-{now:%Y%m%d}.json"'
    return response


def _written(member: Member, *, now: datetime) -> Iterator[str]:
    yield '{"format": ' + json.dumps(FORMAT) + ', "made_at": ' + _json(now)
    yield ', "profile": ' + _json(_profile(member))
    yield ', "agreements": ' + _json(_agreements(member))
    yield ', "sign_ins": ' + _json(list(_sign_ins(member)))
    for target in registry.of(registry.Target):
        if target.export is None:
            continue
        yield f", {json.dumps(target.name)}: ["
        for number, entry in enumerate(target.export(member=member)):
            yield (", " if number else "") + _json(entry)
        yield "]"
    yield "}\n"


def _profile(member: Member) -> dict[str, Any]:
    return {
        "handle": member.handle,
        "name": member.name,
        "kana": member.kana,
        "email": member.email,
        "company": member.company,
        "bio": member.bio,
        "language": member.language,
        "joined_at": member.joined_at,
        "attributes": [{"key": answer.attribute.key, "value": answer.value} for answer in queries.own_answers(member)],
        "roles": list(RoleGrant.objects.filter(member=member).values_list("role", flat=True)),
    }


def _agreements(member: Member) -> dict[str, Any]:
    terms = [
        {"kind": row.document.kind, "version": row.document.version, "at": row.at}
        for row in queries.consents_of(member_id=member.pk)
    ]
    optional = PurposeConsent.objects.filter(member=member).order_by("at", "id")
    return {"terms": terms, "optional": list(optional.values("purpose", "is_given", "wording", "source", "at"))}


def _sign_ins(member: Member) -> Iterator[dict[str, Any]]:
    columns = ("method", "created_at", "last_seen_at", "address", "user_agent")
    for row in SignIn.objects.filter(member=member).values(*columns):
        yield dict(row)


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
