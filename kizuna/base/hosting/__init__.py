"""Which community this piece of work belongs to, and which database, files and caches that means.

One community is one bundle (DESIGN: a database, a media folder, a lake folder, a cache prefix). Nothing in the product
carries a tenant column: outside a community the first query fails, inside one every query goes to its database.
Doors: `current`, `entered`, `directory`, `HostedApplication`.
"""

from kizuna.base.hosting.bundle import Community
from kizuna.base.hosting.context import (
    NoCommunity,
    OtherCommunity,
    current,
    current_or_none,
    entered,
)
from kizuna.base.hosting.directory import Directory, UnknownCommunity, directory

__all__ = [
    "Community",
    "Directory",
    "NoCommunity",
    "OtherCommunity",
    "UnknownCommunity",
    "current",
    "current_or_none",
    "directory",
    "entered",
]
