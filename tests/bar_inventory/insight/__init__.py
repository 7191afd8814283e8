"""Reports of the bar."""
