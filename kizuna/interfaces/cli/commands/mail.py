"""`kizuna mail`: take mail from the mail server in front, for every community."""

import argparse
import asyncio
import logging
import os

from kizuna.core.inbound.doors.listener import KINDS, listen
from kizuna.interfaces.cli.errors import UsageError
from kizuna.interfaces.cli.proof import prove_names

HELP = "take mail for every community from your mail server (LMTP or SMTP; see serve)"
SCOPE = "installation"
LISTEN = "127.0.0.1:2525"
LAST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen", default=LISTEN, metavar="HOST:PORT", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--protocol", choices=sorted(KINDS), default="lmtp", help="what the mail server speaks (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    host, port = place_of(options.listen)
    os.environ["KIZUNA_PROCESS"] = "mail"
    logging.basicConfig(format="%(asctime)s mail: %(message)s", level=logging.INFO)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells of every command
    prove_names()
    try:
        asyncio.run(listen(host=host, port=port, protocol=options.protocol))
    except OSError as error:
        raise UsageError(f"{options.listen} cannot be listened on: {error.strerror or error}.") from None
    return 0


def place_of(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`. Raises UsageError."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise UsageError(f"{text!r} is no place to listen on: write HOST:PORT, such as {LISTEN}.")
    return host.strip("[]"), int(port)
