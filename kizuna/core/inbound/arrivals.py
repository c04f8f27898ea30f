"""What a route gets and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime

from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.parsing import Parsed
from kizuna.core.inbound.proof import Proven

State = InboundMail.State


@dataclass(frozen=True)
class Arrived:
    """A mail as its route gets it: taken apart, asked for its proof, its files screened and kept under `file_keys`."""

    mail_id: int
    recipient: str
    message_id: str
    parsed: Parsed
    proof: Proven
    received_at: datetime
    file_keys: tuple[str, ...] = ()
    # Names of files that were not kept, with the reason in words of the community's language.
    files_refused: tuple[tuple[str, str], ...] = ()
    is_by_hand: bool = False

    @property
    def from_address(self) -> str:
        return self.parsed.from_address

    @property
    def sender(self) -> str:
        """Return the sender as people read it; nothing of it is proven."""
        name, address = self.parsed.from_name, self.parsed.from_address
        return f"{name} <{address}>" if name and name != address else address

    @property
    def tag(self) -> str:
        """Return what stands behind the plus sign of the recipient's address, in lower case."""
        return self.recipient.rpartition("@")[0].partition("+")[2].lower()


@dataclass(frozen=True)
class Taken:
    """What a mail became. `why` is a code of `wording.WHY` or a sentence for the team."""

    state: str = State.TAKEN
    why: str = ""
    target_type: str = ""
    target_id: int | None = None


@dataclass(frozen=True)
class Envelope:
    """How a mail came in: what the sending machine said, not what the mail says."""

    recipient: str
    envelope_from: str = ""
    door: str = "lmtp"
    at: datetime | None = field(default=None)
