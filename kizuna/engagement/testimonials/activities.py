"""What can happen to testimonials."""

from kizuna.core.activity.types import ActivityType

ASKED = ActivityType("testimonial.asked", "A member was asked for some words.", {"member": int})
GIVEN = ActivityType("testimonial.given", "A member gave some words and agreed to where they may stand.")
APPROVED = ActivityType("testimonial.approved", "A testimonial was approved.")
DECLINED = ActivityType("testimonial.declined", "A testimonial was not taken.")
WITHDRAWN = ActivityType("testimonial.withdrawn", "A member took their words back.")
