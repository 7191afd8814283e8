"""Pages and API of the gate for people and programs."""
