"""Read the audit log, copies, erasures, requests and consents for those who may."""
