"""A Document becomes Records: which table is which register, which heading is which field, which row is which item."""
