"""Where received usage lies on disk, and this process' journal into it."""

import threading
from pathlib import Path

from kizuna.base import hosting
from kizuna.base.journal import Journal

_making = threading.Lock()


def usage_folder() -> Path:
    """Return the community's folder of usage: `inbox`, `staging`, `seen` and `day=YYYY-MM-DD`."""
    return hosting.current().lake / "usage"


def inbox() -> Path:
    """Return the folder of journal segments that wait to be folded."""
    return usage_folder() / "inbox"


def journal() -> Journal:
    """Return this process' journal into the community's inbox."""
    caches = hosting.current().caches
    found = caches.get("usage_journal")
    if found is None:
        with _making:
            found = caches.setdefault("usage_journal", Journal(inbox()))
    return found
