"""Pictures of every screen for docs/screens, taken of the demo office in a real Chromium."""
