"""Django's cookie messages, without the cookie they send to people who have none."""

from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse


class QuietCookieStorage(CookieStorage):
    """A visitor's page must set no cookie, or it could not be kept; so only an existing one is taken back."""

    def _update_cookie(self, encoded_data: Any, response: HttpResponse) -> None:
        if encoded_data or self.cookie_name in self.request.COOKIES:
            super()._update_cookie(encoded_data, response)
