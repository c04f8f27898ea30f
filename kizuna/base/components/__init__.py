"""Everything that is drawn: tokens, stylesheet, icons, chrome, tags, templates, scripts and the mail frame.

Words: chrome (header and navigations), leaf (a tag that returns markup), middle (an included template).
Doors: the `kizuna` template library, `chrome`, `csp`, `brand`, `mail`; see docs/components.md.
"""
