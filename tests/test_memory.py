"""A web process carries what pages need, not what jobs need: each one costs its memory again."""

import subprocess
import sys

ASKED = """
import sys
import django
django.setup()
import kizuna.config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"scipy", "numpy", "pandas", "duckdb", "pyarrow"}))
"""


def test_a_web_process_begins_without_the_distributions_and_the_lake(home):
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) <= {"numpy"}
