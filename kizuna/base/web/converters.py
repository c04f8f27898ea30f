"""Parts of addresses."""

from kizuna.base.web.numbers import DIGITS, whole


class RowIdConverter:
    """`<id:topic_id>`: the number of a row. Django's own `int` takes any length, which no database does."""

    regex = DIGITS

    def to_python(self, value: str) -> int:
        number = whole(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)
