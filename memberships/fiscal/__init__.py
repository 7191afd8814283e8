"""Telling the tax office of every bill, where the law of the country asks for it."""
