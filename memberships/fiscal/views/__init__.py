"""Pages of bills for the tax office."""
