"""`kizuna encoder`: the process that turns sentences into vectors for search by meaning."""

import argparse

from kizuna.base.hosting import directory
from kizuna.core.search.encoder import client, server

HELP = "answer questions about meaning for every community (see serve)"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments of its own."""


def run(options: argparse.Namespace) -> int:
    server.serve(address=client.address(), home=directory().home)
    return 0
