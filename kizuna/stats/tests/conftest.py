"""Fixtures of the maths: public research data, and the marker of the long simulations."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parent / "data"


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: long simulations, run with --slow")


def columns(name):
    """Return the columns of a bundled file by name, numbers where every cell is one."""
    path = DATA / name
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        rows = list(csv.reader(lines))
    table = {}
    for title, cells in zip(rows[0], zip(*rows[1:], strict=True), strict=True):
        try:
            table[title] = np.array(cells, dtype=float)
        except ValueError:
            table[title] = np.array(cells)
    return table


@pytest.fixture(scope="session")
def cdnow():
    return columns("cdnow.csv.gz")


@pytest.fixture(scope="session")
def nsw():
    return columns("nsw.csv")


@pytest.fixture(scope="session")
def cps():
    return columns("cps.csv.gz")


@pytest.fixture(scope="session")
def telco():
    return columns("telco.csv.gz")


@pytest.fixture(scope="session")
def fukui():
    return columns("fukui.csv.gz")
