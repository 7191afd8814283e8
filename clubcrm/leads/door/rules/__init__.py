"""Rules of the form door: shapes of bodies, touches with advertising, limits, and what is spam."""
