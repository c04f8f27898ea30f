"""The script as it is served: the stylesheet put into it, comments and indentation taken out. Made once per process."""

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent / "browser"
NOTICE = "/* Kizuna widget */\n"
_SPACES = re.compile(r"\s*([{}:;,>])\s*")


class Script(NamedTuple):
    """The bytes, the same compressed, and the mark by which browsers know them."""

    plain: bytes
    packed: bytes
    etag: str


@cache
def script() -> Script:
    """Return the one script of the widget."""
    style = json.dumps(_style((HERE / "widget.css").read_text(encoding="utf-8")), ensure_ascii=False)
    source = _lines((HERE / "widget.js").read_text(encoding="utf-8")).replace('"$STYLE"', style)
    plain = (NOTICE + source).encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def _lines(source: str) -> str:
    """Take out indentation and lines that are comments; lines stay lines, so that nothing is joined wrongly."""
    kept = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in kept if line and not line.startswith("//")) + "\n"


def _style(source: str) -> str:
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return _SPACES.sub(r"\1", " ".join(source.split()))
