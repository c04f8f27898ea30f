"""Who may do what with addresses and templates."""

from kizuna.core.members.policies import can_manage, require_manager
from kizuna.success.inbox.policies import can_read, can_work, require_reader, require_worker

__all__ = ["can_manage", "can_read", "can_work", "require_manager", "require_reader", "require_worker"]
