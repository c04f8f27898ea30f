"""Ids of other systems, kept as `SOURCE:ID` so that two sources never collide."""


def id_at_source(external_id: str) -> str:
    """Return the id as the source itself writes it: `sumo:1435416` becomes `1435416`."""
    source, colon, own = external_id.partition(":")
    return own if colon else source
