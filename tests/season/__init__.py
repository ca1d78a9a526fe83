"""A scripted season: units that hand in, are returned, and hand in again (README.md)."""
