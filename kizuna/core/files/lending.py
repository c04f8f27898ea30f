"""Links that open one file for whoever holds them, until a day that is fixed when the link is made.

For people without an account here, whom a message reached another way. The same file and day make the same link; a file
that is removed is gone by its links, too.
"""

from datetime import UTC, datetime
from urllib.parse import quote

from django.core import signing

from kizuna.base import hosting
from kizuna.base.hosting.links import absolute_url
from kizuna.core.files.models import File


class Expired(Exception):
    """The link was good once."""


def lent_url(file: File, *, until: datetime) -> str:
    """Return the whole address at which a file is open until then."""
    word = _signer().sign(f"{file.key}.{int(until.timestamp())}").partition(".")[2]
    return absolute_url(f"/f/{file.key}/{quote(file.name)}?lent={word}")


def lent(key: str, word: str, *, now: datetime) -> File | None:
    """Return the file that a link lends, or None when there is no such link. Raises Expired after its day."""
    try:
        said = _signer().unsign(f"{key}.{word[:100]}")
    except signing.BadSignature:
        return None
    file = File.objects.filter(key=key, is_removed=False).first()
    if file is not None and datetime.fromtimestamp(int(said.rpartition(".")[2]), UTC) <= now:
        raise Expired
    return file


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt=f"files.lent:{hosting.current().slug}")
