"""Views of staff work: my day, and the list for programs."""
