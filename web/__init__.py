"""What the service centre shows: screens, sockets, doors and the command line; the one place of wiring."""
