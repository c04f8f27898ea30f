"""Who may do what with chats: managers keep LINE accounts, the team says who somebody is."""

from kizuna.core.members.policies import can_manage, require_manager
from kizuna.success.customers import policies as customers

can_keep = can_manage
require_keeper = require_manager
can_work = customers.can_work
require_worker = customers.require_worker
