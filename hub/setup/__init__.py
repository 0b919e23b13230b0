"""What an office sets for itself: one verb to change a thing, one to take a change back, all on record.

Each kind of thing is a `Subject` in a file of its own: how it is read, checked and written. What is delivered
stays as delivered; an office keeps only where it deviates, so it can always go back.
"""
