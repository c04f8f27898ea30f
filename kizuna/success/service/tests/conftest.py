"""Those of the desk, and programs with a token."""

from kizuna.success.customers.tests.conftest import account, desk, ken, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_api import api  # noqa: F401
