"""Text as people write it: Markdown, foreign HTML, Japanese spelling, search tokens, sentence vectors.

Words: source (Markdown as typed), html (sanitised, cached), tokens (words and grams).
Pure functions without Django; a caller passes what it knows (who can be mentioned, which synonyms).
Doors: markdown, html, japanese, tokens, vectors, ranking, evaluation.
"""
