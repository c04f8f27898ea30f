"""Pages of discussions. A view loads through a query, calls one action, and shows a page or leads on."""
