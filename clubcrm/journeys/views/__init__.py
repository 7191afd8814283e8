"""Views of the journey: the list of touchpoints for programs."""
