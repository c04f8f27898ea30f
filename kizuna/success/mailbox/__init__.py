"""Mailbox: support addresses, mails that become inquiries, and answers that go out as mail.

Words: support address (窓口), signature (署名), template (ひな形). Doors: `models`, `queries`, `actions`, `sending`.
"""
