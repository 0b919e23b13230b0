"""A believable property office made through the real verbs: `hub demo`, `hub serve --demo`."""
