"""Files in what is written: a link to one's own upload becomes a file of the message, and goes out of the text."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from kizuna.core.files.lending import lent_url
from kizuna.core.files.models import File
from kizuna.core.files.queries import keys_in, markdown_of

LENT_FOR = timedelta(days=30)  # how long links to files are good where a door sends them as links
_LINK = re.compile(r"!?\[([^\]\n]*)\]\((?:</f/([0-9a-f]{32})/[^>\n]*>|/f/([0-9a-f]{32})/[^\s()]*)\)")
ENDS = ("。", ".", "!", "?", "！", "？", ")", "）")


def own_uploads(text: str, *, uploader_id: int | None) -> list[File]:
    """Return the uploads a text links to that are the writer's and stand nowhere yet, in the order of the text."""
    keys = keys_in(text)
    if not keys or uploader_id is None:
        return []
    found = File.objects.filter(key__in=keys, uploaded_by_id=uploader_id, target_type="", is_removed=False)
    return sorted(found, key=lambda file: keys.index(file.key))


def without_links(text: str, *, files: Iterable[File]) -> str:
    """Return a text without the links to these files: their names stay where they stand within a sentence."""
    keys = {file.key for file in files}
    lines = []
    for line in text.split("\n"):
        kept = _LINK.sub(lambda found: _left_of(found, keys), line)
        if kept == line or kept.strip():
            lines.append(kept.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _left_of(found: re.Match[str], keys: set[str]) -> str:
    """Return what stays of a link: nothing where it stands alone, behind a sentence or behind another link."""
    if (found[2] or found[3]) not in keys:
        return found[0]
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :].strip()
    is_apart = not before or before.endswith(ENDS)
    return "" if is_apart and (not after or after.startswith(("[", "!["))) else found[1]


def with_links(text: str, *, files: Iterable[File]) -> str:
    """Return a text with links to files at its end, as the editor writes them."""
    return "\n\n".join(part for part in (text.rstrip(), *map(markdown_of, files)) if part)


def with_lent(text: str, *, files: Iterable[File], since: datetime) -> str:
    """Return a text for people without an account, with names of files and links to them that run out."""
    until = since + LENT_FOR
    return "\n\n".join((text.rstrip(), *(f"{file.name}\n{lent_url(file, until=until)}" for file in files)))
