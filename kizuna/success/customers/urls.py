from django.urls import path

from kizuna.success.customers.views import account, deciding, editing, home, lists

app_name = "customers"
urlpatterns = [
    path("desk/", home.home, name="home"),
    path("desk/customers/", lists.customers, name="list"),
    path("desk/customers/csv/", lists.export, name="export"),
    path("desk/customers/bulk/", lists.bulk, name="bulk"),
    path("desk/customers/views/", lists.save_view, name="views"),
    path("desk/customers/views/<id:view_id>/removal/", lists.delete_view, name="view-removal"),
    path("desk/customers/new/", editing.new_account, name="new"),
    path("desk/customers/fields/", deciding.fields, name="fields"),
    path("desk/customers/matches/", deciding.matches, name="matches"),
    path("desk/customers/matches/<id:match_id>/", deciding.decide, name="match"),
    path("desk/customers/merges/<id:merge_id>/undoing/", deciding.undo_merge, name="merge-undoing"),
    path("desk/customers/<id:account_id>/", account.customer, name="customer"),
    path("desk/customers/<id:account_id>/timeline/", account.account_timeline, name="timeline"),
    path("desk/customers/<id:account_id>/notes/", account.write_note, name="notes"),
    path("desk/customers/<id:account_id>/edit/", editing.edit_account, name="edit"),
    path("desk/customers/<id:account_id>/fields/", editing.edit_values, name="values"),
    path("desk/customers/<id:account_id>/success/", editing.edit_success, name="success"),
    path("desk/customers/<id:account_id>/domains/", editing.verify_domain, name="domains"),
    path("desk/customers/<id:account_id>/people/new/", editing.new_contact, name="contact-new"),
    path("desk/customers/<id:account_id>/contracts/new/", editing.new_contract, name="contract-new"),
    path("desk/customers/<id:account_id>/merge/", deciding.merge, name="merge"),
    path("desk/contacts/<id:contact_id>/", account.contact, name="contact"),
    path("desk/contacts/<id:contact_id>/edit/", editing.edit_contact, name="contact-edit"),
    path("desk/contacts/<id:contact_id>/member/", editing.link_member, name="contact-member"),
    path("desk/contacts/<id:contact_id>/employments/", editing.begin_employment, name="employments"),
    path(
        "desk/contacts/<id:contact_id>/employments/<id:account_id>/end/",
        editing.end_employment,
        name="employment-end",
    ),
    path("desk/contracts/<id:contract_id>/", editing.contract, name="contract"),
    path("desk/contracts/<id:contract_id>/edit/", editing.edit_contract, name="contract-edit"),
    path("desk/contracts/<id:contract_id>/lines/", editing.change_lines, name="contract-lines"),
    path("desk/contracts/<id:contract_id>/notice/", editing.notice, name="contract-notice"),
    path("desk/notes/<id:note_id>/", account.edit_note, name="note"),
    path("desk/notes/<id:note_id>/removal/", account.remove_note, name="note-removal"),
    path("desk/touchpoints/<id:touch_id>/", account.touchpoint, name="touchpoint"),
]
