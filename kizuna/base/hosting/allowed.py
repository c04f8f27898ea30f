"""ALLOWED_HOSTS, read from the directory at each look, so that a new community needs no restart."""

from collections.abc import Iterator

from kizuna.base.hosting.directory import directory


class AllowedHosts(list):
    """A list as Django's settings want one, whose members are the directory's hosts of this moment. Never `*`."""

    def __iter__(self) -> Iterator[str]:
        return iter(directory().allowed_hosts())

    def __len__(self) -> int:
        return len(directory().allowed_hosts())

    def __bool__(self) -> bool:
        return True
