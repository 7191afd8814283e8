"""Queries room: what the desk and the member card read, from every floor below."""
