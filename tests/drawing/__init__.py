"""How each file format is drawn; tests.builders is the front."""
