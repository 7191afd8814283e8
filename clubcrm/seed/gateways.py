"""Payments by link that did not simply end well, kept cards, and what gateways sent."""

from datetime import datetime, timedelta

from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Life
from clubcrm.seed.order import Numbered, hexadecimal
from memberships.billing.gateways.models import (
    GatewayLetter,
    GatewayReturn,
    MethodSetup,
    PaymentIntent,
    PayMethod,
)
from memberships.billing.gateways.rules import (
    IntentState,
    KeepState,
    LetterState,
    MethodState,
    ReturnState,
)

WAYS = {"BDT": "sslcommerz", "NPR": "khalti"}
FATES = (
    (IntentState.EXPIRED, ""),
    (IntentState.FAILED, "user canceled"),
    (IntentState.RETURNED, "late"),
    (IntentState.REVIEW, "late"),
)
EVERY = 11
CARD_EVERY = 7
# A small club shows failed charges too, so the first members all keep a card.
FIRST_CARDS = 60
GIVEN_EVERY = 2


def has_card(life: Life) -> bool:
    """Tell whether the club may charge a card of this member."""
    return life.number < FIRST_CARDS or life.number % CARD_EVERY == 3


def write_gateways(ground: Ground) -> None:
    """A few members have begun to pay online, and some let the club keep a card."""
    drawer = Drawer(ground)
    for life in ground.lives:
        if life.number % EVERY == 5:
            drawer.begin(life, life.number // EVERY)
        if has_card(life):
            drawer.keep_card(life)


class Drawer:
    """Writes payments and cards with names that the same seed always gives."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._refs = Numbered(ground.order, "payment_intent")
        self._cards = Numbered(ground.order, "pay_method")

    def begin(self, life: Life, number: int) -> None:
        """A payment was begun some days ago and has come to its end."""
        ground, sink = self._ground, self._ground.store.sink(PaymentIntent)
        state, why = FATES[number % len(FATES)]
        town = ground.calendars[life.town].town
        at = ground.order.moment - timedelta(days=1 + number % 20, hours=number % 9)
        gateway = WAYS.get(town.currency, "stripe")
        came = state in {IntentState.RETURNED, IntentState.REVIEW}
        ref = self._refs.public_id(sink.count + 1)
        intent_id = sink.add(
            ref=ref,
            club_id=ground.club_ids[life.town],
            payer_id=ground.person_ids[life.number],
            source_kind="pay_link",
            source_id=f"seed:{life.number}",
            gateway=gateway,
            amount_minor=town.unit_price_minor,
            currency=town.currency,
            state=state,
            provider_ref=f"session-{ref}",
            transaction_id=f"bank-{ref}" if came else None,
            why=why,
            expires_at=at + timedelta(hours=1),
            asked_at=at + timedelta(hours=3),
            created_at=at,
            settled_at=at + timedelta(hours=3),
        )
        if came:
            self._letter(gateway, intent_id, ref, at + timedelta(hours=3))
        if state is IntentState.RETURNED:
            ground.store.sink(GatewayReturn).add(
                intent_id=intent_id,
                amount_minor=town.unit_price_minor,
                currency=town.currency,
                state=ReturnState.DONE,
                provider_ref=f"back-{ref}",
                created_at=at + timedelta(hours=5),
                settled_at=at + timedelta(hours=5, minutes=1),
            )

    def _letter(self, gateway: str, intent_id: int, ref: str, at: datetime) -> None:
        self._ground.store.sink(GatewayLetter).add(
            gateway=gateway,
            event_key=f"{ref}:paid",
            kind="paid",
            digest=hexadecimal(self._ground.order.chance("letter", ref), 64),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            address="203.0.113.7",
            body=f"tran_id={ref}&status=VALID".encode(),
            state=LetterState.DONE,
            intent_id=intent_id,
            received_at=at,
            handled_at=at,
        )

    def keep_card(self, life: Life) -> None:
        """The member lets the club charge a card that Stripe keeps."""
        ground, sink = self._ground, self._ground.store.sink(PayMethod)
        name = self._cards.public_id(sink.count + 1)
        person_id, club_id = ground.person_ids[life.number], ground.club_ids[life.town]
        at = ground.order.moment - timedelta(days=1 + life.number % 60)
        brand = ("Visa", "Mastercard")[life.number % 2]
        method_id = sink.add(
            public_id=name,
            club_id=club_id,
            person_id=person_id,
            gateway="stripe",
            customer=f"cus_{name}",
            token=f"pm_{name}",
            label=f"{brand} •••• {1000 + life.number * 37 % 9000}",
            state=MethodState.ACTIVE,
            kept_by="gateway:stripe",
            kept_at=at,
        )
        if life.number % GIVEN_EVERY:
            return
        ground.store.sink(MethodSetup).add(
            ref=f"K{name[1:]}",
            club_id=club_id,
            payer_id=person_id,
            gateway="stripe",
            provider_ref=f"session-{name}",
            state=KeepState.KEPT,
            method_id=method_id,
            begun_by=f"member:{person_id}",
            begun_at=at - timedelta(minutes=2),
            settled_at=at,
        )
