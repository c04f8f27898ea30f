"""What a file really is, by its content; names and declared types are never believed."""

import io
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError
from pillow_heif import register_heif_opener

from kizuna.core.members.policies import Refused

register_heif_opener(thumbnails=False)

MAX_IMAGE_BYTES = 15_000_000
MAX_DOCUMENT_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
MAX_SIDE = 2048
MAX_FRAMES = 120
MAX_MOVING_PIXELS = 100_000_000  # of all frames together: each is decoded and held
MAX_ZIP_ENTRIES = 5_000
MAX_ZIP_BYTES = 200_000_000
IMAGE_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF")
IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".avif", ".bmp", ".tif", ".tiff")
OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
TOO_LARGE = _("The file is larger than 20 MB. Please make it smaller and try again.")
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class Screened:
    """Bytes that are safe to keep, with what they are."""

    content: bytes
    content_type: str
    extension: str
    width: int | None = None
    height: int | None = None


def screened_image(raw: bytes) -> Screened:
    """Decode and encode again as WebP: metadata, hidden payloads and unusual chunks do not survive.

    Raises Refused when the bytes are no image, too large, or have too many pixels or frames.
    """
    if len(raw) > MAX_IMAGE_BYTES:
        raise Refused(_("The image is larger than 15 MB. Please make it smaller and try again."), field="file")
    try:
        with Image.open(io.BytesIO(raw), formats=IMAGE_FORMATS) as image:
            frames = getattr(image, "n_frames", 1)
            pixels = image.width * image.height
            if pixels > MAX_PIXELS or frames > MAX_FRAMES or (frames > 1 and pixels * frames > MAX_MOVING_PIXELS):
                raise Refused(_("The image has too many pixels or frames. Please make it smaller."), field="file")
            return _encoded(image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        reason = _("The image could not be read. JPEG, PNG, GIF, WebP, AVIF and HEIC are accepted.")
        raise Refused(reason, field="file") from None


def resized(content: bytes, *, width: int) -> bytes:
    """Return a WebP copy no wider than `width` pixels."""
    with Image.open(io.BytesIO(content), formats=("WEBP",)) as image:
        image.seek(0)
        copy = image.convert("RGBA" if "A" in image.getbands() else "RGB")
        copy.thumbnail((width, width * 4))
        out = io.BytesIO()
        copy.save(out, "WEBP", quality=80)
        return out.getvalue()


def _encoded(image: Image.Image) -> Screened:
    frames = []
    for frame in ImageSequence.Iterator(image):
        upright = ImageOps.exif_transpose(frame.copy())
        clean = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        clean.thumbnail((MAX_SIDE, MAX_SIDE))
        clean.info.clear()
        frames.append(clean)
    out = io.BytesIO()
    more = {"save_all": True, "append_images": frames[1:], "loop": 0} if len(frames) > 1 else {}
    if more:
        more["duration"] = max(20, int(image.info.get("duration", 100) or 100))
    frames[0].save(out, "WEBP", quality=82, **more)
    return Screened(out.getvalue(), "image/webp", ".webp", frames[0].width, frames[0].height)


def screened_document(raw: bytes) -> Screened:
    """Accept PDF, Word, Excel, PowerPoint and plain text by content. Raises Refused for anything else."""
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise Refused(TOO_LARGE, field="file")
    if raw.startswith(b"%PDF-"):
        return Screened(raw, "application/pdf", ".pdf")
    if raw.startswith(b"PK\x03\x04"):
        return _office(raw)
    if b"\x00" not in raw and _is_text(raw):
        return Screened(raw, "text/plain; charset=utf-8", ".txt")
    raise Refused(_("This kind of file is not accepted. Images, PDF, Office and text files are."), field="file")


def _office(raw: bytes) -> Screened:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            too_big = len(entries) > MAX_ZIP_ENTRIES or sum(entry.file_size for entry in entries) > MAX_ZIP_BYTES
            names = [entry.filename for entry in entries]
    except (zipfile.BadZipFile, ValueError):
        names, too_big = [], True
    unsafe = too_big or any("vbaProject" in name or name.startswith("/") or ".." in name for name in names)
    for folder, (content_type, extension) in OFFICE.items():
        if not unsafe and "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return Screened(raw, content_type, extension)
    raise Refused(_("This kind of file is not accepted. Images, PDF, Office and text files are."), field="file")


def _is_text(raw: bytes) -> bool:
    for encoding in ("utf-8", "cp932"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
