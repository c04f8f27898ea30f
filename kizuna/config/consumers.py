"""What follows an activity, in this order. Each entry names a `kizuna.core.activity.consumers.Consumer`."""

CONSUMERS: list[str] = [
    "kizuna.engagement.discussions.consumers.KNOWLEDGE",
    "kizuna.engagement.discussions.consumers.FOLLOWERS",
    "kizuna.engagement.discussions.consumers.NEWLY_MENTIONED",
    "kizuna.engagement.discussions.consumers.SOLUTION",
    "kizuna.engagement.discussions.consumers.STAFF",
    "kizuna.engagement.discussions.consumers.ASKER",
    "kizuna.engagement.discussions.consumers.VOTERS",
    "kizuna.engagement.discussions.consumers.REACTION",
    "kizuna.engagement.discussions.consumers.MODERATORS",
    "kizuna.engagement.discussions.consumers.RELEASED",
    "kizuna.engagement.knowledge.consumers.REVIEW",
    "kizuna.success.customers.consumers.JOINING",
    "kizuna.success.customers.consumers.TOUCHPOINTS",
    "kizuna.success.customers.consumers.MENTIONS",
    "kizuna.success.tasks.consumers.OWNER",
    "kizuna.success.tasks.consumers.DEPARTMENT",
    "kizuna.success.tasks.consumers.RETURN",
    "kizuna.success.tasks.consumers.DUE",
    "kizuna.success.effort.consumers.FORGOTTEN",
]
