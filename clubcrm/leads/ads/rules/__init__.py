"""Rules of advertising forms: what a page tells, what its answer holds, when to ask again."""
