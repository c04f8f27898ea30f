"""Says how far a long command is."""

import sys
import time

SAY_SECONDS = 0.5
SAY_SECONDS_IN_LOG = 10.0


class Voice:
    """Says how far it is, on one line of a terminal or now and then in a log."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()
        self.pause = SAY_SECONDS if self.is_terminal else SAY_SECONDS_IN_LOG
        self.said_at = time.monotonic()

    def say(self, text: str) -> None:
        """Say something, when enough time has gone since the last."""
        now = time.monotonic()
        if now - self.said_at >= self.pause:
            self.said_at = now
            print(
                f"\r\x1b[K{text}" if self.is_terminal else text, end="" if self.is_terminal else "\n", file=sys.stderr
            )
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self.is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
