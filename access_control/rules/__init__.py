"""Rules room of the gate: pure decisions, no web, no store, no clock."""
