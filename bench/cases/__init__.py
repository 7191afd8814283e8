"""One module per question; each has `run(options) -> list[Table]`."""
