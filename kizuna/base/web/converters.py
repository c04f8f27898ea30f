"""Parts of addresses."""

from kizuna.base.web.numbers import DIGITS


class RowIdConverter:
    """`<id:topic_id>`: the number of a row. Django's own `int` takes any length, which no database does."""

    regex = DIGITS

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
