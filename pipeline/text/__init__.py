"""Text as printed: normalization with a way back, layout, traditional script, words."""
