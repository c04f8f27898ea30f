"""What follows an activity, in this order. Each entry names a `kizuna.core.activity.consumers.Consumer`."""

CONSUMERS: list[str] = []
