"""A Django database backend that only refuses. Model classes may ask it for limits; queries may not run."""

from typing import Any, NoReturn

from django.db.backends.dummy import base as dummy

from kizuna.base.hosting.context import NoCommunity


def refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise NoCommunity("A query ran outside of any community: wrap this work in hosting.entered(community).")


class DatabaseOperations(dummy.DatabaseOperations):
    quote_name = refuse


class DatabaseWrapper(dummy.DatabaseWrapper):
    ops_class = DatabaseOperations
    vendor = "nowhere"
    ensure_connection = refuse
    cursor = refuse
    _commit = refuse
    _rollback = refuse
    _savepoint = refuse
    get_autocommit = refuse
    set_autocommit = refuse
