from django.urls import path

from kizuna.interfaces.widget.views import answers, asking, script, studio

app_name = "widget"
urlpatterns = [
    path("w/1.js", script.widget, name="script"),
    path("w/1/hello", answers.hello, name="hello"),
    path("w/1/token", answers.token, name="token"),
    path("w/1/search", answers.search, name="search"),
    path("w/1/read", answers.read, name="read"),
    path("w/1/vote", answers.vote, name="vote"),
    path("w/1/ask", asking.ask, name="ask"),
    path("w/1/solve", asking.solve, name="solve"),
    path("w/1/send", asking.send, name="send"),
    path("w/1/add", asking.add, name="add"),
    path("w/1/mine", asking.mine, name="mine"),
    path("w/1/conversation", asking.conversation, name="conversation"),
    path("studio/widget/", studio.widget, name="studio"),
    path("studio/widget/sample/", studio.sample, name="sample"),
]
