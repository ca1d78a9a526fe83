"""Words only, no code: the data that pipeline.vocabulary reads."""
