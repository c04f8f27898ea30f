"""Read usage."""

from kizuna.success.usage.models import UsageFold


def marks() -> set[str]:
    """Return the marks of all folds whose files may still lie in staging."""
    return set(UsageFold.objects.filter(counted_at__isnull=True).values_list("mark", flat=True))


def uncounted_folds() -> list[UsageFold]:
    """Return the folds that are not counted to their end, oldest first."""
    return list(UsageFold.objects.filter(counted_at__isnull=True).order_by("pk"))
