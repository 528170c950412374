"""The command and nginx against the real p0f."""
