"""Name departments and say who is in them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers
from kizuna.success.tasks import activities, policies
from kizuna.success.tasks.models import Department, DepartmentMember, Task

MOST = 50


@transaction.atomic
def define_department(
    *,
    viewer: Viewer,
    department: Department | None,
    name: dict[str, str],
    member_ids: Iterable[int],
    is_archived: bool,
    now: datetime,
) -> Department:
    """Name a new department, or change one: its name, who is told, whether it can still be chosen."""
    require(policies.can_define(viewer), _("Only owners and admins may do this."))
    name = {language: " ".join(str(name.get(language, "")).split())[:60] for language in ("ja", "en")}
    if not any(name.values()):
        raise Refused(_("Please fill this in."), field="name_ja")
    if department is None:
        if Department.objects.count() >= MOST:
            raise Refused(_("There are too many departments."))
        department = Department(slug=_free_slug(name["en"]), position=Department.objects.count(), created_at=now)
    elif is_archived and Task.objects.filter(department=department, state=Task.State.HANDED).exists():
        raise Refused(_("Tasks still lie at this department."), field="is_archived")
    department.name, department.is_archived = name, is_archived
    department.save()
    _seat(department, set(member_ids))
    record(
        activities.DEPARTMENT_DEFINED,
        actor_id=viewer.member_id,
        object_type="department",
        object_id=department.pk,
        at=now,
        props={"slug": department.slug},
    )
    return department


def _seat(department: Department, wanted: set[int]) -> None:
    """Only colleagues with the desk: nobody else may see the tasks."""
    team = Member.objects.filter(
        pk__in=wanted, state=Member.State.ACTIVE, is_system=False, role_grants__role__in=customers.DESK_ROLES
    )
    ids = set(team.values_list("pk", flat=True))
    DepartmentMember.objects.filter(department=department).exclude(member_id__in=ids).delete()
    DepartmentMember.objects.bulk_create(
        [DepartmentMember(department=department, member_id=member_id) for member_id in sorted(ids)],
        ignore_conflicts=True,
    )


def _free_slug(name: str) -> str:
    base = "-".join(
        "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower()).split()
    )
    base = base[:30] or "department"
    taken = set(Department.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, MOST + 2))) if slug not in taken)
