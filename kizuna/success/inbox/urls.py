from django.urls import path

from kizuna.success.inbox.views import acting, beside, contact, conversation, many, own, queue, studio

app_name = "inbox"
ONE = "desk/inquiries/<id:inquiry_id>/"
urlpatterns = [
    path("desk/inquiries/", queue.queue, name="inquiries"),
    path("desk/inquiries/table/", many.table, name="table"),
    path("desk/inquiries/together/", many.together, name="together"),
    path("desk/inquiries/csv/", many.export, name="export"),
    path(ONE, conversation.inquiry, name="inquiry"),
    path(f"{ONE}reply/", acting.reply, name="reply"),
    path(f"{ONE}reply/<id:delivery_id>/", acting.undo, name="undo"),
    path(f"{ONE}note/", acting.note, name="note"),
    path(f"{ONE}owner/", acting.owner, name="owner"),
    path(f"{ONE}priority/", acting.priority, name="priority"),
    path(f"{ONE}snooze/", acting.snooze, name="snooze"),
    path(f"{ONE}closure/", acting.closure, name="closure"),
    path(f"{ONE}handover/", acting.handover, name="handover"),
    path(f"{ONE}handover/answer/", acting.handover_answer, name="handover-answer"),
    path(f"{ONE}work/", acting.work, name="work"),
    path(f"{ONE}draft/", beside.draft, name="draft"),
    path(f"{ONE}beside/", beside.presence, name="beside"),
    path("contact/", contact.contact, name="contact"),
    path("me/inquiries/", own.own_inquiries, name="own-inquiries"),
    path("me/inquiries/<id:inquiry_id>/", own.own_inquiry, name="own-inquiry"),
    path("studio/contact/", studio.contact_form, name="contact-form"),
    path("studio/hours/", studio.hours, name="hours"),
    path("studio/inbox/", studio.rules, name="rules"),
]
