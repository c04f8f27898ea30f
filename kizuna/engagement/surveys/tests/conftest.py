"""A customer with a person, and programs with a token."""

from kizuna.success.customers.tests.conftest import account, desk, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_api import api  # noqa: F401
