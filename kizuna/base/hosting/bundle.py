"""A community as this process sees it: its names, its folders, its database settings and its process caches."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kizuna.base.hosting.databases import database_settings


@dataclass(eq=False)
class Community:
    """One bundle. There is one object per slug and process, so that caches may hang on it."""

    slug: str
    home: Path
    hosts: tuple[str, ...] = ()
    database_url: str = ""
    caches: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def alias(self) -> str:
        """Return the name of this community's connection; rows remember it in `_state.db`."""
        return f"c_{self.slug}"

    @property
    def folder(self) -> Path:
        return self.home / "communities" / self.slug

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def lake(self) -> Path:
        return self.folder / "lake"

    @property
    def database(self) -> dict[str, Any]:
        """Return Django's settings of this community's database (SQLite in the bundle unless a URL is set)."""
        return database_settings(url=self.database_url, folder=self.folder)

    def make_folders(self) -> None:
        for folder in (self.folder, self.media, self.lake):
            folder.mkdir(parents=True, exist_ok=True)
