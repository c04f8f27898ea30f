"""The ground every app stands on; knows no business word."""
