"""Services room of the gate: verbs that change state within the caller's unit of work."""
