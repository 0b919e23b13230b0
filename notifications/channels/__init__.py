"""The ways a message leaves the house: one file each, one line each in `registry`, one small contract."""
