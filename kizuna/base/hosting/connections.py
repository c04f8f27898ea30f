"""Django's connections, resolved by the current community, so that `default` is never anybody's by accident."""

import threading
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.utils import DEFAULT_DB_ALIAS, ConnectionHandler
from django.utils.functional import SimpleLazyObject

from kizuna.base.hosting.context import OtherCommunity, current, current_or_none

_configuring = threading.Lock()


class HostedConnections(ConnectionHandler):
    """`default` is the connection of the community entered; any other name is refused."""

    def __getitem__(self, alias: str) -> Any:
        community = current_or_none()
        if community is None:
            return super().__getitem__(DEFAULT_DB_ALIAS)  # nowhere: its first query raises NoCommunity
        if alias not in (DEFAULT_DB_ALIAS, community.alias):
            raise OtherCommunity(f"The connection {alias!r} cannot be used inside {community.slug!r}.")
        opened = self._connections.__dict__.get(community.alias)  # the short way: every statement passes here
        if opened is not None:
            return opened
        if community.alias not in self.settings:
            with _configuring:
                settings = self.configure_settings({DEFAULT_DB_ALIAS: community.database})
                self.settings[community.alias] = settings[DEFAULT_DB_ALIAS]
        return super().__getitem__(community.alias)

    def __iter__(self) -> Iterator[str]:
        return iter([DEFAULT_DB_ALIAS] if current_or_none() else [])

    def all(self, initialized_only: bool = False) -> list[Any]:
        community = current_or_none()
        if community is None or (initialized_only and not hasattr(self._connections, community.alias)):
            return []
        return [self[DEFAULT_DB_ALIAS]]

    def forget(self, alias: str) -> None:
        """Close this thread's connection `alias` and drop its settings (a community was moved or deleted)."""
        if hasattr(self._connections, alias):
            getattr(self._connections, alias).close()
            delattr(self._connections, alias)
        self.settings.pop(alias, None)


class CommunityRouter:
    """Send every query to the current community; refuse rows that were loaded in another one."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _alias_for(hints.get("instance"))

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return _alias_for(hints.get("instance"))

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return _alias_for(first) == _alias_for(second)


def _alias_for(instance: Any) -> str:
    alias = current().alias
    if isinstance(instance, SimpleLazyObject):
        instance = instance._wrapped if hasattr(instance, "_wrapped") else None
    loaded_in = getattr(getattr(instance, "_state", None), "db", None)
    if loaded_in not in (None, alias):
        raise OtherCommunity(f"A row loaded in {loaded_in!r} cannot be used in {alias!r}.")
    return alias


def install() -> None:
    """Make Django's connection handler ours. Called once, when the settings are read.

    Connections are kept per thread and nothing else: Django's own store asks first for a running event loop, dozens of
    times a request, and nothing here reads the database in one.
    """
    connections.__class__ = HostedConnections
    connections._connections = threading.local()
