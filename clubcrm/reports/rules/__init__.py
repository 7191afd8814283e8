"""Rules of reports: what counts, from plain values alone."""
