"""What comes in with a request, before any app reads it: whole numbers, clean text, answers to what cannot be read.

Doors: `numbers.whole`, the path converter `<id:…>`, `middleware.CleanTextMiddleware`, `middleware.HeadMiddleware`, `views.bad_request`,
`views.csrf_failure`, `views.server_error`, `trouble.trouble_of`.
"""
