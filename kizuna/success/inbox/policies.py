"""Who may read inquiries and who may work on them: as with customers."""

from kizuna.success.customers import policies as customers

can_read = customers.can_read
can_work = customers.can_work
require_reader = customers.require_reader
require_worker = customers.require_worker
