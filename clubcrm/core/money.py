"""Money as integer minor units with a currency; nothing here ever becomes a float."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in minor units (cents, poisha) of one currency."""

    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def share_bp(self, basis_points: int) -> "Money":
        """Return this many basis points of the amount, half a unit rounded away from zero."""
        product = self.amount_minor * basis_points
        rounded = (abs(product) + 5_000) // 10_000
        return Money(rounded if product >= 0 else -rounded, self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by weights without losing a unit; the remainder goes to the largest fractions."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and sum to more than zero")
        sign = -1 if self.amount_minor < 0 else 1
        whole = abs(self.amount_minor)
        parts = [whole * weight // total for weight in weights]
        by_fraction = sorted(
            range(len(weights)), key=lambda i: (-(whole * weights[i] % total), -weights[i], i)
        )
        for i in by_fraction[: whole - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} with {other.currency}")
