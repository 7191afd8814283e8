"""Services room: a quote goes by mail to whom it was made for, as PDF and with the link to answer.

It leaves like a paper to a supplier: one letter for each quote, in doubt after a crash, and never
sent twice by itself.
"""

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.formats import day
from clubcrm.leads.quotes.models import PriceQuote
from clubcrm.leads.quotes.offering import quote_address
from clubcrm.leads.quotes.queries import ShownQuote, shown
from clubcrm.messaging.api import (
    LetterOrder,
    LetterState,
    Paper,
    PostedLetter,
    letter_of,
    post_letter,
    send_again,
)
from clubcrm.people.api import reach_of
from clubcrm.people.models import Channel, Purpose

LETTERS = "price_quote"
MAY_GO_AGAIN = frozenset({LetterState.FAILED, LetterState.DOUBT})


def mail_address(person_id: int) -> str:
    """Return the mail address at which a quote may be sent; raises NO_ADDRESS saying why not."""
    reach = reach_of(person_id, Purpose.SERVICE)
    if reach is None or reach.do_not_contact:
        raise DomainError("NO_ADDRESS", _("This person wishes not to be written to."))
    mails = [one for one in reach.reaches if one.channel is Channel.EMAIL]
    good = next((one for one in mails if one.works and one.consented), None)
    if good is None:
        why = _("No mail address works. Add one, or hand the quote over by link.")
        raise DomainError("NO_ADDRESS", why)
    return good.address


def mail_quote(quote: PriceQuote, paper: bytes, *, by: str) -> PostedLetter:
    """The quote is with the post; one that failed or is in doubt goes once more when asked."""
    seen = shown(quote)
    if not seen.is_good:
        raise DomainError("QUOTE_OVER", _("These prices do not hold any more. Please ask us."))
    known = letter_of(LETTERS, quote.public_id)
    if known is not None:
        if known.state in MAY_GO_AGAIN and known.paper:
            send_again(known, by=by)
        return known
    subject, body = _words(seen, quote_address(quote, by=by))
    order = LetterOrder(
        quote.club_id,
        mail_address(quote.person_id),
        subject,
        body,
        LETTERS,
        quote.public_id,
        Paper(f"{quote.number}.pdf", "application/pdf", paper),
    )
    return post_letter(order, by=by)


def letter_state(quote: PriceQuote) -> str:
    """Return where the letter with a quote stands, "" when none was written."""
    found = letter_of(LETTERS, quote.public_id)
    return found.state.value if found else ""


def _words(seen: ShownQuote, address: str) -> tuple[str, str]:
    quote = seen.quote
    with force_locale(quote.language):
        until = day(quote.valid_until)
        subject = _("Our offer for you, %(name)s", name=seen.person.given_name)
        parts = [
            _("Hello %(name)s,", name=seen.person.given_name),
            quote.words,
            _("our offer lies with this mail. It is good until %(day)s.", day=until),
            _("Choose with one tap: %(address)s", address=address),
            "\n".join(part for part in (seen.seller, seen.club.name) if part),
        ]
    return f"{subject} · {quote.number}", "\n\n".join(part for part in parts if part)
