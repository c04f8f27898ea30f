"""A refusal shown in a form."""

from django.core.exceptions import ValidationError

from kizuna.core.members.policies import Refused


class Refusable:
    """A form that shows a refused action at the field it concerns."""

    def refuse(self, refused: Refused) -> None:
        """Add the reason of a refusal to its field, or above the form."""
        field = refused.field if refused.field in self.fields else None  # type: ignore[attr-defined]
        error = ValidationError(str(refused.reason), code=refused.code)
        self.add_error(field, error)  # type: ignore[attr-defined]
