"""Jobs room: letters to suppliers and colleagues leave; old papers are forgotten."""

from dataclasses import replace
from datetime import timedelta

from flask import current_app

from clubcrm.core import clock
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.messaging.channels.lines import open_line
from clubcrm.messaging.letter_tables import LetterState
from clubcrm.messaging.letters import (
    claim_letter,
    conclude_letter,
    forget_papers,
    settle_dead_letters,
)

MOST_PER_RUN = 200
PAPERS_KEPT = timedelta(days=30)


def post_letters(context: JobContext) -> Outcome:
    """Every letter whose turn has come has been sent, put off, or given up with its reason."""
    settings, outcome = current_app.extensions["club_settings"], Outcome()
    with context.unit():
        settle_dead_letters(clock.now())
        forget_papers(clock.now() - PAPERS_KEPT)
    # Only a mail server takes papers along; without one the letters wait.
    if not settings.smtp_url:
        return outcome
    with open_line(settings, "email") as line:
        for _turn in range(MOST_PER_RUN):
            with context.unit():
                claimed = claim_letter(clock.now())
            if claimed is None:
                break
            letter_id, letter = claimed
            receipt = line.send(replace(letter, sender=settings.mail_from))
            with context.unit():
                state = conclude_letter(letter_id, receipt, clock.now())
            outcome.done += state is LetterState.SENT
            outcome.failed += state in (LetterState.FAILED, LetterState.DOUBT)
            if receipt.halts:
                break
    return outcome
