"""The jobs ledger: work that must happen after a transaction, written inside it.

A job is a row; `enqueue` writes it in the caller's transaction, so that a crash loses neither the change nor what must
follow. Workers claim rows with a lease. Doors: `enqueue`, `job` (declare one), `models.Job`.
"""
