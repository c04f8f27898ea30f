"""The `kizuna` command. Each module in `commands` is one command: `HELP`, `add_arguments(parser)`, `run(options)`."""
