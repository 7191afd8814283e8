"""Rules of leads: stages, clocks, owners and scores."""
