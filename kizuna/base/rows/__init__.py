"""Many rows at once, where the ORM's way would read them all first: `add_up` writes sums, firsts and lasts in one pass."""

from kizuna.base.rows.adding import add_up

__all__ = ["add_up"]
