"""Pages of privacy: one's own, Studio's, and the audit log."""
