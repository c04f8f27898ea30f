"""`kizuna encoder`: the process that turns sentences into vectors for search by meaning."""

import argparse
import os

HELP = "answer questions about meaning for every community (see serve)"
SCOPE = "installation"
# One sentence at a time is fastest on one thread, and leaves the other cores to pages.
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    os.environ.update(ONE_THREAD)  # before numpy is loaded
    from kizuna.base.hosting import directory
    from kizuna.core.search.encoder import client, server

    server.serve(address=client.address(), home=directory().home)
    return 0
