"""The words under which a person agrees. What was shown is kept whole with the consent."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

PLACES = ("in_community", "on_site", "in_sales")


def place_names() -> dict[str, str]:
    """Return what each place is called."""
    return {
        "in_community": _("In this community"),
        "on_site": _("On the company's web site"),
        "in_sales": _("In sales material"),
    }


def consent_wording(*, places: list[str], until: date | None) -> str:
    """Return the whole sentence that a person agrees to."""
    names = place_names()
    where = _(", ").join(names[place] for place in PLACES if place in places)
    last = _("until %(day)s") % {"day": date_format(until, "DATE_FORMAT")} if until else _("until I take them back")
    return _(
        "My words, with the name and company as entered, may be shown: %(where)s; %(last)s. "
        "I can take them back at any time; they then disappear from all of these places."
    ) % {"where": where, "last": last}
