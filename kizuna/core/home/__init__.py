"""What surrounds and opens the product: the chrome of every page, the home page of blocks, Studio's community pages.

Words: block (one part of the home page), chrome (header, side navigation, tab bar), opening (letting visitors in).
Doors: `chrome.chrome_context`, `urls`.
"""
