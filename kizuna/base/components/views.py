"""`/styleguide/`: every component in its states, and the small answers that the examples ask for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.html import linebreaks
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.components import rule_example, styleguide

SHELLS = {
    "square": "kizuna/styleguide.html",
    "console": "kizuna/styleguide.html",
    "auth": "kizuna/styleguide_auth.html",
}
LANGUAGES = ("ja", "en")
THEMES = ("light", "dark")


@require_GET
def show_styleguide(request: HttpRequest, shell: str = "square") -> HttpResponse:
    """Show the components; `?lang=` and `?theme=` choose how."""
    language = request.GET.get("lang", "ja")
    theme = request.GET.get("theme", "")
    with translation.override(language if language in LANGUAGES else "ja"):
        context = styleguide.examples(now=timezone.now()) | {
            "chrome": styleguide.chrome(
                theme=theme if theme in THEMES else "", is_console=shell == "console", is_member=shell != "auth"
            ),
            "shell": f"kizuna/{'console' if shell == 'console' else 'square'}.html",
            "has_rail": shell == "square",
            "rule": rule_example.example(translation.get_language() or "ja"),
        }
        return render(request, SHELLS[shell], context)


@require_POST
def preview_example(request: HttpRequest) -> HttpResponse:
    """Answer the example editor: paragraphs only, because the Markdown renderer belongs to a higher part."""
    return HttpResponse(linebreaks(request.POST.get("body", ""), autoescape=True))


@require_GET
def find_example_people(request: HttpRequest) -> JsonResponse:
    """Answer the example editor: people by handle, name or reading."""
    asked = request.GET.get("q", "").lower()
    people = [
        {"handle": handle, "name": name}
        for handle, name, kana in styleguide.PEOPLE
        if asked in f"{handle} {name} {kana}"
    ]
    return JsonResponse(people, safe=False)


@require_POST
def toggle_example_reaction(request: HttpRequest) -> HttpResponse:
    """Answer the example reactions: accept them without keeping anything."""
    return HttpResponse(status=204)


@require_GET
def suggest_examples(request: HttpRequest) -> HttpResponse:
    """Answer the example title field: two questions, whatever is typed."""
    return render(request, "kizuna/_suggestions.html", {"items": styleguide.suggestions()})
