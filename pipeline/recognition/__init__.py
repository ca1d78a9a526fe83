"""What was recognized from a picture, mended where its meaning is certain."""
