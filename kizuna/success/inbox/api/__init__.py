"""Inquiries in the REST API, for those with the desk: what came in, what is written, what happens to it."""

from ninja import Router

from kizuna.success.inbox.api import conversation, deeds, inquiries

router = Router(tags=["inquiries"])
for part in (inquiries, conversation, deeds):
    router.add_router("", part.router)
