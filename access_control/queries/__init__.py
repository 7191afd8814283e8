"""Queries room of the gate: every select, by what is asked for."""
