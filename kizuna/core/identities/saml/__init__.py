"""SAML 2.0 as a service provider (ADR 23). No rows here. Needs the extra of requirements/saml.txt; the rest works without."""

from importlib.util import find_spec

from kizuna.core.identities.oidc import Distrusted

IS_INSTALLED = find_spec("signxml") is not None and find_spec("lxml") is not None

__all__ = ["IS_INSTALLED", "Distrusted"]
