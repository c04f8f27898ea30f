"""The one error a command shows without a trace."""


class UsageError(Exception):
    """What was asked cannot be done; the message says why and what to do. Ends the command with status 2."""
