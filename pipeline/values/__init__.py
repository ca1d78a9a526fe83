"""What a text means: numerals, dates, limits, grades, categories, names."""
