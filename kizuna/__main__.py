"""`python -m kizuna` is the `kizuna` command."""

import sys

from kizuna.interfaces.cli.main import main

sys.exit(main())
