"""A text, number or day that is kept as a JSON value, as a fact compares it."""

from typing import Any

from django.db.models import CharField, Func


class Scalar(Func):
    """The text of a JSON column that holds one text or number: `Scalar("value")`."""

    arity = 1
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)
