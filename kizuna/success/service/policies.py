"""Who may read the service board: those with the desk. Figures of single colleagues: managers, and each their own."""

from kizuna.success.customers import policies as customers
from kizuna.success.service import seeing

can_read = customers.can_read
require_reader = customers.require_reader
can_see_people = seeing.sees_people
can_see_person = seeing.sees_person
