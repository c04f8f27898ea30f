"""Read customers: what may be seen, lists, one account as it is and as it was."""
