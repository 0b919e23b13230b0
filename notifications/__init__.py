"""What the service centre says: who hears of which event, in which words, over which channel."""
