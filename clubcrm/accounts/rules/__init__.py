"""Pure decisions about signing in: passwords, braking, session limits, rights, safe addresses."""
