"""The ways in: command line, clock, arrival. Thin around pipeline.intake.take_in."""
