"""A one-file site for the browser tests: the style guide under the real content security policy, and pages that post.

Run as `python -m kizuna.base.components.tests.browser_site PORT`; it needs no community and no database.
"""

import sys
from dataclasses import replace
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import include, path

POLICY = (
    "default-src 'none'; script-src 'self' '{}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = """{% extends "kizuna/square.html" %}{% load kizuna %}{% block title %}題{% endblock %}{% block main %}<h1>題</h1>
<form id="reply" method="post" action="/sent/">{% csrf_token %}
{% include "kizuna/_editor.html" with id="text" submit_label="投稿" context="topic:1" only %}</form>
<a href="/gated/" id="gated">x</a>
<div id="region"><textarea id="field" aria-label="本文"></textarea><p id="said" data-announce="{{ said }}">{{ said }}</p>
<button id="swap" hx-post="/page/" hx-target="#region" hx-select="#region" hx-trigger="click, later from:body">替える</button></div>
<button id="broken" hx-post="/broken/" hx-target="#region">壊す</button>{% endblock %}"""
GATE = '{% extends "kizuna/auth.html" %}{% block title %}門{% endblock %}{% block heading %}門{% endblock %}'


def with_policy(get_response):
    from kizuna.base.components.csp import importmap_hash

    def answer(request):
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY.format(importmap_hash())
        return response

    return answer


def page(request):
    from kizuna.base.components import styleguide

    chrome = replace(styleguide.chrome(theme=""), counts_url="/counts.json", theme_url="/theme/")
    context = {"chrome": chrome, "said": "替わりました" if request.method == "POST" else ""}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


def sent(request):
    return HttpResponseRedirect("/gate/" if "expired" in request.COOKIES else "/page/")


def gate(request):
    return HttpResponse(engines["django"].from_string(GATE).render({}, request))


def counts(request):
    return JsonResponse({"notifications": 5, "messages": 0})


def keep_theme(request):
    return HttpResponse(status=204)


def broken(request):
    return HttpResponse("<h1>500</h1>", status=500)


urlpatterns = [
    path("", include("kizuna.base.components.urls")),
    path("page/", page),
    path("sent/", sent),
    path("gate/", gate),
    path("broken/", broken),
    path("counts.json", counts),
    path("theme/", keep_theme),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        return


def main(port: int) -> None:
    settings.configure(
        DEBUG=True,
        SECRET_KEY="only for the browser tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.staticfiles", "django.forms", "kizuna.base.components"],
        MIDDLEWARE=[f"{__name__}.with_policy", "django.middleware.csrf.CsrfViewMiddleware"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        FORM_RENDERER="kizuna.base.components.renderer.KizunaRenderer",
        STATIC_URL="/static/",
        LANGUAGE_CODE="ja",
        USE_TZ=True,
        TIME_ZONE="Asia/Tokyo",
    )
    django.setup()
    site = StaticFilesHandler(get_wsgi_application())
    make_server("127.0.0.1", port, site, server_class=Server, handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    sys.modules["kizuna.base.components.tests.browser_site"] = sys.modules["__main__"]
    __name__ = "kizuna.base.components.tests.browser_site"
    main(int(sys.argv[1]))
