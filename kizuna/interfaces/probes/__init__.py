"""What the outside asks about this process, before any community: `/healthz`, `/readyz`, `/metrics`."""
