"""Referrals: each member's link, who came by whom, and what an inviter may know of it.

Words: referral (紹介), referrer (紹介元), link, code. The link opens no door: joining stays as it is set.
Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
