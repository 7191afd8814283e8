"""Forms of the shelf: goods written off, moved and marked, and a count."""

from collections.abc import Sequence

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from bar_inventory.stock.models import Place, WasteReason
from bar_inventory.stock.words import waste_words
from clubcrm.accounts.forms import NEEDED, PageForm
from memberships.billing.fields import NUMERIC, _l

MOST = 100_000_000
HOW_MUCH = [InputRequired(NEEDED), NumberRange(1, MOST)]


class PlaceForm(PageForm):
    """A form that names a place."""

    place = SelectField(_l("Place"), [DataRequired(NEEDED)])

    def offer(self, places: Sequence[Place]) -> None:
        """The chooser lists these places."""
        self.place.choices = [(place.public_id, place.name) for place in places]


class WriteOffForm(PlaceForm):
    """How much is gone, and why."""

    units = IntegerField(_l("How much"), HOW_MUCH, id="gone-units", render_kw=NUMERIC)
    waste = SelectField(_l("Why"), [DataRequired(NEEDED)])
    reason = StringField(_l("In a few words"), [Optional(), Length(max=300)], id="gone-reason")

    def offer(self, places: Sequence[Place]) -> None:
        """The choosers list places and reasons."""
        self.place.choices = [(place.public_id, place.name) for place in places]
        self.waste.choices = [(one.value, waste_words(one)) for one in WasteReason]


class TransferForm(PlaceForm):
    """How much goes from where to where."""

    to = SelectField(_l("To"), [DataRequired(NEEDED)])
    units = IntegerField(_l("How much"), HOW_MUCH, id="moved-units", render_kw=NUMERIC)

    def offer(self, places: Sequence[Place]) -> None:
        """Both choosers list these places, the second from its end."""
        self.place.choices = [(place.public_id, place.name) for place in places]
        self.to.choices = [(place.public_id, place.name) for place in reversed(places)]


class BatchForm(PlaceForm):
    """How much is made in the house at once, and where it lies then."""

    units = IntegerField(_l("How much"), HOW_MUCH, id="batch-units", render_kw=NUMERIC)


class TargetForm(PlaceForm):
    """Below which quantity somebody has to act, and how much is enough."""

    min_units = IntegerField(
        _l("Act below"), [Optional(), NumberRange(0, MOST)], id="least", render_kw=NUMERIC
    )
    max_units = IntegerField(
        _l("Never have more than"), [Optional(), NumberRange(0, MOST)], id="most", render_kw=NUMERIC
    )


class StartForm(PlaceForm):
    """Which place is counted."""

    note = StringField(_l("Name of the count"), [Optional(), Length(max=300)])


class FoundForm(PageForm):
    """How many units were found."""

    counted = IntegerField(
        _l("Found"), [InputRequired(NEEDED), NumberRange(0, MOST)], render_kw=NUMERIC
    )
