"""Taking in: from INBOX to the loaded and published warehouse, and what is remembered of it."""
