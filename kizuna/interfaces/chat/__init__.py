"""Chats that answer back: LINE as a channel of the inbox, and buttons in the team's Slack.

Words: LINE account (LINE公式アカウント: ours, `LineChannel`), LINE user (`LineUser`), staff in Slack (`SlackLink`).
Alerts to chats are sent by `interfaces.webhooks`; the doors are in `interfaces.hooks`.
"""
