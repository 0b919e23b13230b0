"""Real complaint files: what a city's columns mean, and its rows as cases."""
