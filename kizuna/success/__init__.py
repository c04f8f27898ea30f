"""Customer success: the companies behind the members, and what the team does with them."""
