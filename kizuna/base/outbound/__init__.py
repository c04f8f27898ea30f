"""The one way out to other machines: `fetch` connects only to addresses that were checked; `txt_records` asks DNS.

Owns no rows. Never call it inside a transaction.
"""

from kizuna.base.outbound.client import Answer, Unreachable, fetch, is_fetchable
from kizuna.base.outbound.names import txt_records

__all__ = ["Answer", "Unreachable", "fetch", "is_fetchable", "txt_records"]
