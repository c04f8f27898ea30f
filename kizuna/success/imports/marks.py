"""Find an erased person in the cells of tables: by name, reading, address, telephone and outside number, however written."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from kizuna.base.registry import Person
from kizuna.base.text.scrub import scrubbed, scrubbed_values

SHORTEST_NUMBER = 9  # digits of a telephone; less may be anything
SHORTEST_ID = 6  # an outside number that is shorter stands for other things as well
DIGITS = re.compile(r"\D+")


class Marks:
    """What a row may name a person by."""

    def __init__(self, person: Person) -> None:
        self.words = frozenset(person.words | person.addresses)
        self._ids = {_plain(number) for number in person.external_ids}
        self._plain = frozenset(_plain(word) for word in self.words)
        numbers = {DIGITS.sub("", word) for word in self._plain}
        self._numbers = {number for number in numbers if len(number) >= SHORTEST_NUMBER}

    def are_in(self, cells: Iterable[str], *, number: str = "") -> bool:
        """Tell whether the cells of a row name the person; family and given name may stand in two cells.

        `number` is the cell that is known to hold somebody's outside number.
        """
        plain = [_plain(cell) for cell in cells if cell]
        if _plain(number) in self._ids or any(cell in self._ids for cell in plain if len(cell) >= SHORTEST_ID):
            return True
        together = " ".join(plain)
        if scrubbed(together, self._plain) != together:
            return True
        return bool(self._numbers) and any(DIGITS.sub("", cell) in self._numbers for cell in plain)

    def covered(self, value: Any) -> Any:
        """Return a JSON value with the person covered in all its texts."""
        return scrubbed_values(value, self.words)


def texts_in(value: Any) -> Iterable[str]:
    """Yield every text of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
