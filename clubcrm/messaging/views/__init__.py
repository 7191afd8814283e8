"""Views of the outbox: pages, and the list for programs."""
