"""Bills told to the tax office."""
