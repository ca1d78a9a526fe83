"""What goes back to units and to the head of the office."""
