"""The ways in: command line, clock, arrival. Thin around pipeline.intake.taking_in.take_in."""
