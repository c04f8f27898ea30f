"""Whether the rows that stand for a person are there."""

from kizuna.base.registry import Person
from kizuna.base.registry import personal as people


def is_there(person: Person) -> bool:
    """Tell whether a person names a row that exists."""
    return any(people.born_at(person=person).values())
