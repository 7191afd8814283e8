"""What the counter earned, on what, when, and what was thrown away."""
