"""Answering: what others asked alike, what was answered before, ready words, and one answer for many.

Words: similar inquiries (似た問い合わせ), clues (返事の手がかり), template (ひな形), batch (まとめて答える). Doors: `models`, `queries`,
`policies`, `actions`, `activities`, `likeness`.
"""
