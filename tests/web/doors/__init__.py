"""The doors, as their callers meet them."""
