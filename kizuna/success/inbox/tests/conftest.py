"""An account with people."""

from kizuna.success.customers.tests.conftest import account, desk, make_account, person  # noqa: F401
