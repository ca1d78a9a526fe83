"""The checks: one small function a rule; wording, severity and basis are data in vocab/rules.csv."""
