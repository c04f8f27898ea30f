"""The jobs ledger: work that must happen after a transaction, written inside it.

A job is a row; `ledger.enqueue` writes it in the caller's transaction, so that a crash loses neither the change nor what
must follow. Workers claim rows with a lease. Doors: `job` (declare one), `ledger.enqueue`, `running` (how far a long job
came), `models.Job`.
"""

from kizuna.base.jobs.declared import job

__all__ = ["job"]
