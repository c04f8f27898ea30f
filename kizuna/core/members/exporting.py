"""A quick copy of what the community holds about one member, as JSON, written while it is sent. The whole one is made by `core.privacy`."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponseBase, StreamingHttpResponse

from kizuna.base.registry import Person, personal
from kizuna.core.members.models import Member
from kizuna.core.members.settings import withheld_records

FORMAT = "kizuna-member-2"


def download(member: Member, *, now: datetime) -> HttpResponseBase:
    """Return the copy as a file."""
    response = StreamingHttpResponse(_written(member, now=now), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{member.handle}-{now:%Y%m%d}.json"'
    return response


def _written(member: Member, *, now: datetime) -> Iterator[str]:
    """Write the member's own records. What is long (the lake) or about them as a customer is in the whole copy."""
    person = personal.described(Person(member_id=member.pk))
    yield '{"format": ' + json.dumps(FORMAT) + ', "made_at": ' + _json(now)
    for declared in personal.collectors(withheld=withheld_records()):
        if declared.collect is None or declared.is_long:
            continue
        yield f", {json.dumps(declared.name)}: ["
        for number, entry in enumerate(declared.collect(person=person)):
            yield (", " if number else "") + _json(entry)
        yield "]"
    yield "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
