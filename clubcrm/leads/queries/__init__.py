"""Queries of leads: the board, the tray, one lead, what is late."""
