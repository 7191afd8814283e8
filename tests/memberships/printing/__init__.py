"""Slips on paper."""
