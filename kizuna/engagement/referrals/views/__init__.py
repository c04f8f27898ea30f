"""Pages of referrals: the link, one's own page, Studio."""
