"""What a club gives for loyalty, told from plain values."""
