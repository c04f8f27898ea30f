"""What programs send: objects, and nothing else that happens to have the right attributes."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import model_validator
from pydantic_core import PydanticKnownError


class Input(Schema):
    """The body of a request, or a part of it. Schemas of answers read attributes of rows; one that is sent must be an object.

    Otherwise ninja would look for the fields on whatever stands there: the string "AAA" has a `title`, too.
    """

    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, value: Any) -> Any:
        if not isinstance(getattr(value, "_obj", value), Mapping):
            raise PydanticKnownError("dict_type")
        return value
