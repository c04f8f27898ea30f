"""How a mail of the ledger becomes bytes and leaves the house."""
