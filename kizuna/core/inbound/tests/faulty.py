"""A real listener that kills itself while it keeps a mail: `python -m kizuna.core.inbound.tests.faulty POINT NTH PORT`."""

import asyncio
import sys

import django

from kizuna.base.jobs.tests.faulty import Fault

POINTS = ("before_the_bytes", "before_the_row", "after_the_row")


def patch() -> None:
    """Pass a point around each step; only this process is patched."""
    from kizuna.core.inbound import storage
    from kizuna.core.inbound.actions import keeping

    write, row = storage.write, keeping._write

    def write_bytes(*args):
        Fault.at("before_the_bytes")
        write(*args)
        Fault.at("before_the_row")

    def write_row(*args):
        row(*args)
        Fault.at("after_the_row")

    storage.write, keeping._write = write_bytes, write_row


def main() -> None:
    Fault.point, Fault.nth = sys.argv[1], int(sys.argv[2])
    django.setup()
    from kizuna.core.inbound.doors.listener import listen

    patch()
    asyncio.run(listen(host="127.0.0.1", port=int(sys.argv[3]), protocol="lmtp"))


if __name__ == "__main__":
    main()
