"""Rules of choosing people, of dividing them into arms, and of what they are told."""
