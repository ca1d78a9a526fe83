"""Which record is the same item again: stable keys over versions, and what became of each item."""
