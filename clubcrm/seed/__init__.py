"""A believable club made of chance: the same order gives the same people, days and numbers."""
