"""Sentence vectors of a machine: one process holds the encoder (`server`), others ask it (`client`), files keep vectors (`store`).

Without Django, so that the process stays small. If it is away, search answers by words alone.
"""

import os

# Before numpy is loaded: one sentence at a time is fastest on one thread, and leaves the other cores to pages.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
