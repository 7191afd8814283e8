"""Rules: the habits in which one terminal's firmware differs from another's."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Quirks:
    """Which oddities of real firmware this terminal shows; all off is a well-behaved unit."""

    crlf: bool = False
    trailing_tab: bool = False
    trailing_nul: bool = False
    stamp_9999: bool = False
    aspx_path: bool = False
    doubled_path: bool = False
    lower_case_sn: bool = False
    form_content_type: bool = False
    short_lines: bool = False
    epoch_times: bool = False
    middle_east: bool = False
    forgets_on_reboot: bool = False

    @classmethod
    def named(cls, names: tuple[str, ...]) -> "Quirks":
        """Switch on the named quirks; words may be joined by hyphens. Unknown names raise."""
        wanted = {name.replace("-", "_") for name in names}
        unknown = wanted - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"no such quirk: {', '.join(sorted(unknown))}")
        return cls(**dict.fromkeys(wanted, True))

    @classmethod
    def names(cls) -> list[str]:
        """Every quirk's name as it is typed on the command line."""
        return [field.name.replace("_", "-") for field in fields(cls)]
