"""What reviewers decide, and what units answer: kept apart from the warehouse, and joined to it at publication."""
