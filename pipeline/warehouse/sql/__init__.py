"""The schema, its migrations and the Chinese views, as SQL."""
