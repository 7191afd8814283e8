"""Rules of classes: the week in wall time, who may book, the waiting list, penalties, guests."""
