"""Addresses of this app."""

from django.urls import path

from kizuna.success.answering.views import batches, clues, similar, templates, writing_up

app_name = "answering"
ONE = "desk/inquiries/<id:inquiry_id>/"
urlpatterns = [
    path("desk/inquiries/growing/", similar.growing, name="growing"),
    path("desk/inquiries/answers/", batches.batches, name="batches"),
    path("desk/inquiries/answers/<id:batch_id>/", batches.batch, name="batch"),
    path("desk/inquiries/answers/<id:batch_id>/back/", batches.take_back, name="batch-back"),
    path(f"{ONE}similar/", similar.similar, name="similar"),
    path(f"{ONE}similar/out/", similar.take_out, name="take-out"),
    path(f"{ONE}similar/answer/", similar.together, name="together"),
    path(f"{ONE}similar/faq/", writing_up.faq, name="faq"),
    path(f"{ONE}similar/question/", writing_up.post, name="post"),
    path(f"{ONE}clues/", clues.clues, name="clues"),
    path(f"{ONE}clues/insert/", clues.insert, name="insert"),
    path(f"{ONE}templates/", clues.choose, name="choose"),
    path(f"{ONE}templates/drop/", clues.drop, name="drop"),
    path(f"{ONE}templates/<id:template_id>/", clues.use, name="use"),
    path("desk/reply-templates/", templates.templates, name="templates"),
    path("desk/reply-templates/new/", templates.template, name="template-new"),
    path("desk/reply-templates/<id:template_id>/", templates.template, name="template"),
]
