"""The form renderer: `{{ form.title.as_field_group }}` and `{{ form }}` draw our templates (setting FORM_RENDERER)."""

from django.forms.renderers import TemplatesSetting


class KizunaRenderer(TemplatesSetting):
    """Draw forms with label, hint and error at the field and a summary on top."""

    form_template_name = "kizuna/_form.html"
    field_template_name = "kizuna/_field.html"
