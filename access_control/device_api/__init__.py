"""Doors for devices over HTTP: terminals with their own dialect, and signed controllers."""
