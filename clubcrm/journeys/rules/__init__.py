"""Rules of the member's way through a cycle: rhythm, stage, touchpoints, guardrails, hold-out."""
