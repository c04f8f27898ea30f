"""Addresses of members. What allauth looks up by name keeps its name; everything else is in `members:`."""

from django.urls import include, path, re_path
from django.views.decorators.http import require_http_methods

from kizuna.core.members.gates import confirmed
from kizuna.core.members.views import (
    account,
    confirming,
    entrance,
    joining,
    passwords,
    people,
    security,
    studio_attributes,
    studio_audiences,
    studio_invitations,
    studio_members,
    studio_terms,
    terms,
    tokens,
    viewing,
)

# Classes of Django take PUT for POST; pages know two ways only.
page = require_http_methods(["GET", "HEAD", "POST"])

entrance_urls = [
    path("signin/code/", entrance.code, name="code"),
    path("signin/code/again/", entrance.code_again, name="code-again"),
    path("signin/resume/", entrance.resume, name="resume"),
    path("signin/waiting/", entrance.waiting, name="waiting"),
    path("signin/suspended/", entrance.suspended, name="suspended"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("signup/about/", joining.about, name="about"),
    path("signup/done/", joining.joined, name="joined"),
]
account_urls = [
    path("account/", account.profile, name="account"),
    path("account/answers/", account.answers, name="answers"),
    path("account/handle/", account.handle, name="handle"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/theme/", account.theme, name="theme"),
    path("account/agreements/", account.consents, name="consents"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<id:token_id>/revocation/", tokens.revoke, name="token-revocation"),
    path("account/records/", account.own_records, name="own-records"),
    path("account/export/", account.export, name="export"),
    path("account/leave/", account.leave, name="leave"),
    path("account/email/", security.email, name="email"),
    path("account/email/code/", security.email_code, name="email-code"),
    path("account/devices/<id:sign_in_id>/end/", security.end_device, name="device-end"),
    path("account/devices/end/", security.end_all_devices, name="devices-end"),
    path("account/passkeys/<id:pk>/name/", security.passkey_name, name="passkey-name"),
]
people_urls = [
    path("members/", people.directory, name="directory"),
    path("members/mentions/", people.mentions, name="mentions"),
    path("m/<str:handle>/", people.person, name="person"),
    path("terms/agreement/", terms.consent, name="consent"),
    path("terms/<str:kind>/", terms.terms, name="terms"),
    path("terms/<str:kind>/<id:version>/", terms.terms_version, name="terms-version"),
]
studio_urls = [
    path("studio/members/", studio_members.members, name="studio-members"),
    path("studio/members/second-proof/", studio_members.second_proof, name="studio-second-proof"),
    path("studio/members/<id:member_id>/", studio_members.member, name="studio-member"),
    path("studio/members/<id:member_id>/roles/", studio_members.roles, name="studio-roles"),
    path("studio/members/<id:member_id>/suspension/", studio_members.suspend, name="studio-suspension"),
    path("studio/members/<id:member_id>/restoration/", studio_members.restore, name="studio-restoration"),
    path("studio/members/<id:member_id>/approval/", studio_members.approve, name="studio-approval"),
    path("studio/members/<id:member_id>/refusal/", studio_members.decline, name="studio-refusal"),
    path("studio/members/<id:member_id>/answers/", studio_members.answers, name="studio-answers"),
    path("studio/members/<id:member_id>/view/", viewing.as_member, name="view-as-member"),
    path("studio/audiences/<id:audience_id>/view/", viewing.as_audience, name="view-as-audience"),
    path("view-as/hidden/", viewing.hidden, name="view-as-hidden"),
    path("view-as/end/", viewing.end, name="view-as-end"),
    path("studio/attributes/", studio_attributes.attributes, name="studio-attributes"),
    path("studio/attributes/new/", studio_attributes.new_attribute, name="studio-attribute-new"),
    path("studio/attributes/<id:attribute_id>/", studio_attributes.attribute, name="studio-attribute"),
    path("studio/attributes/<id:attribute_id>/archive/", studio_attributes.archive, name="studio-attribute-archive"),
    path("studio/attributes/<id:attribute_id>/order/", studio_attributes.order, name="studio-attribute-order"),
    path("studio/attributes/members.csv", studio_attributes.answers_csv, name="studio-answers-csv"),
    path("studio/attributes/file/", studio_attributes.answers_file, name="studio-answers-file"),
    path("studio/attributes/many/", studio_attributes.many_answers, name="studio-many-answers"),
    path("studio/audiences/", studio_audiences.audiences, name="studio-audiences"),
    path("studio/audiences/rule/", studio_audiences.new_by_rule, name="studio-audience-rule"),
    path("studio/audiences/hand/", studio_audiences.new_by_hand, name="studio-audience-hand"),
    path("studio/audiences/<id:audience_id>/", studio_audiences.audience, name="studio-audience"),
    path("studio/audiences/<id:audience_id>/removal/", studio_audiences.remove, name="studio-audience-removal"),
    path("studio/invitations/", studio_invitations.invitations, name="studio-invitations"),
    path("studio/invitations/files/", studio_invitations.new_batch, name="studio-batches"),
    path("studio/invitations/files/<id:batch_id>/", studio_invitations.batch, name="studio-batch"),
    path("studio/invitations/files/<id:batch_id>/errors/", studio_invitations.batch_errors, name="studio-batch-errors"),
    path("studio/invitations/<id:invitation_id>/again/", studio_invitations.send_again, name="studio-invitation-again"),
    path("studio/invitations/<id:invitation_id>/end/", studio_invitations.cancel, name="studio-invitation-end"),
    path("studio/terms/", studio_terms.terms, name="studio-terms"),
    path("studio/terms/<str:kind>/draft/", studio_terms.edit, name="studio-terms-draft"),
    path("studio/terms/<id:document_id>/", studio_terms.preview, name="studio-terms-preview"),
    path("studio/terms/<id:document_id>/publication/", studio_terms.publish, name="studio-terms-publication"),
]
named_by_allauth = [
    path("signin/", entrance.sign_in, name="account_login"),
    path("signin/second/", page(entrance.SecondStep.as_view()), name="mfa_authenticate"),
    path("signin/passkey/", page(entrance.PasskeySignIn.as_view()), name="mfa_login_webauthn"),
    path("signup/", entrance.sign_up, name="account_signup"),
    path("signout/", entrance.sign_out, name="account_logout"),
    path("password/reset/", passwords.reset, name="account_reset_password"),
    path("password/reset/sent/", passwords.reset_sent, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        page(passwords.ResetFromLink.as_view()),
        name="account_reset_password_from_key",
    ),
    path("account/confirm/", confirming.confirm, name="account_reauthenticate"),
    path("account/confirm/step/", confirming.confirm, name="mfa_reauthenticate"),
    path("account/password/", security.password, name="account_change_password"),
    path("account/security/", security.security, name="mfa_index"),
    path("account/two-step/on/", confirmed(page(security.TwoStepOn.as_view())), name="mfa_activate_totp"),
    path("account/two-step/off/", confirmed(page(security.TwoStepOff.as_view())), name="mfa_deactivate_totp"),
    path("account/recovery-codes/", confirmed(page(security.RecoveryCodes.as_view())), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/",
        confirmed(page(security.NewRecoveryCodes.as_view())),
        name="mfa_generate_recovery_codes",
    ),
    path("account/passkeys/add/", confirmed(page(security.AddPasskey.as_view())), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<id:pk>/removal/",
        confirmed(page(security.RemovePasskey.as_view())),
        name="mfa_remove_webauthn",
    ),
]
urlpatterns = [
    *named_by_allauth,
    path("", include(([*entrance_urls, *account_urls, *people_urls, *studio_urls], "members"))),
]
