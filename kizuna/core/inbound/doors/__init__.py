"""How raw mails get here: a listener for mail servers, and a look into mailboxes. Both hand them to `actions.keep`."""
