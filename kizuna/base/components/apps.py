"""The Django app of the components."""

from django.apps import AppConfig
from django.forms import BooleanField, ChoiceField, Field
from django.utils.translation import gettext_lazy as _


class ComponentsConfig(AppConfig):
    """Register the templates, static files, tags and Japanese words of the interface."""

    name = "kizuna.base.components"
    label = "components"
    verbose_name = "components"

    def ready(self) -> None:
        """Give an empty field our tone; a form that knows what is missing says so itself."""
        Field.default_error_messages["required"] = _("Please fill this in.")
        ChoiceField.default_error_messages["required"] = _("Please choose.")
        BooleanField.default_error_messages = {"required": _("Please tick the box to go on.")}
