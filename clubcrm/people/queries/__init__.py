"""Reads about people: the search box, lists, one person, what he allows."""
