from django.urls import path

from kizuna.success.service.views import board

app_name = "service"
urlpatterns = [
    path("desk/service/", board.board, name="board"),
    path("desk/service/inquiries/", board.inquiries, name="inquiries"),
    path("desk/service/export/", board.export, name="export"),
]
