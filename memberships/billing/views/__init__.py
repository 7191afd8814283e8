"""Pages and the API of money."""
