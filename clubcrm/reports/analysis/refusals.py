"""Rules of what cannot be answered: data that say too little, or are not what was asked for."""


class CannotAnswerError(Exception):
    """The question has no honest answer; the text says what is missing."""
