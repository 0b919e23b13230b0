"""The doors: how matters come in from other people's systems. Each knows its caller by a signature."""
