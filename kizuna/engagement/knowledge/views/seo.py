"""What search engines read of an article."""

from typing import Any

from kizuna.base.text import html as text_html
from kizuna.engagement.knowledge.models import Article


def structured(article: Article, *, url: str) -> dict[str, Any]:
    """Return the article as schema.org data: a FAQ page with one question, or an article."""
    text = text_html.to_text(article.html)
    if article.kind == Article.Kind.FAQ:
        answer = {"@type": "Answer", "text": f"{article.short_answer} {text}".strip()[:5000]}
        question = {"@type": "Question", "name": article.title, "acceptedAnswer": answer}
        return {"@context": "https://schema.org", "@type": "FAQPage", "url": url, "mainEntity": [question]}
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title[:110],
        "url": url,
        "dateModified": article.updated_at.isoformat(),
        "inLanguage": article.lang,
        "description": article.short_answer[:300],
    }
