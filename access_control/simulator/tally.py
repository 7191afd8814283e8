"""The figures a run of the terminal ends with."""

from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Tally:
    """What one terminal did since it was switched on."""

    punched: int = 0
    sent: int = 0
    resent: int = 0
    acknowledged: int = 0
    waiting: int = 0
    batches: int = 0
    hellos: int = 0
    polls: int = 0
    commands_run: int = 0
    commands_failed: int = 0
    doors_opened: int = 0
    failures: int = 0
    last_failure: str = ""
    skipped_rows: int = 0
    commands: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """All figures by name."""
        return asdict(self)

    def sentence(self) -> str:
        """The same for a person to read."""
        text = (
            f"{self.punched} punches, {self.sent} lines sent ({self.resent} again),"
            f" {self.acknowledged} acknowledged, {self.waiting} waiting;"
            f" {self.commands_run} commands run, {self.commands_failed} refused,"
            f" door opened {self.doors_opened} times; {self.failures} failed requests"
        )
        return f"{text} (last: {self.last_failure})" if self.last_failure else text
