"""Inquiries, what is written in them, what happens to them."""

from kizuna.success.inbox.models.asking import FormAsk
from kizuna.success.inbox.models.history import InquiryChange, InquiryHandover, InquiryWork
from kizuna.success.inbox.models.inquiry import OURS, Inquiry
from kizuna.success.inbox.models.messages import (
    Delivery,
    InquiryDraft,
    InquiryMention,
    InquiryMessage,
    InquiryPresence,
)

__all__ = [
    "OURS",
    "Delivery",
    "FormAsk",
    "Inquiry",
    "InquiryChange",
    "InquiryDraft",
    "InquiryHandover",
    "InquiryMention",
    "InquiryMessage",
    "InquiryPresence",
    "InquiryWork",
]
