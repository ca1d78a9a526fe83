"""What the name of a power says about it: its type, the powers that it joins, the core that its variants share."""
