"""Facts about statutes, no code: the data that pipeline.law.statutes reads."""
