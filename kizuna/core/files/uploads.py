"""How much of an upload is kept while a request is read: nothing of a visitor's, and no more than anybody may send."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from kizuna.core.files.screening import MAX_DOCUMENT_BYTES

MOST_OF_STAFF = 512_000_000  # tables for imports, which look at the size themselves


class Guard(FileUploadHandler):
    """The first of the upload handlers; what it swallows reaches neither memory nor disk.

    A file that is too large goes on for one part past its limit, so that whoever takes it sees that it is.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        request: Any = self.request
        viewer = getattr(request, "viewer", None)
        if viewer is None or not viewer.is_member:
            request.fields_left_out = [*getattr(request, "fields_left_out", []), self.field_name]
            raise SkipFile
        self.limit = MOST_OF_STAFF if viewer.is_staff else MAX_DOCUMENT_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= self.limit else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that follow."""
