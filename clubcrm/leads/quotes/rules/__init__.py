"""Rules of price quotes: their states, how long they hold, and what discount they give."""
