"""Who may bring tables, and who may read what was brought."""

from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers

require_reader = customers.require_reader
require_worker = customers.require_worker


def can_import(viewer: Viewer) -> bool:
    """Tell whether the viewer may bring tables: whoever may change customers."""
    return customers.can_work(viewer)
