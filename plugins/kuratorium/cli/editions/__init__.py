"""Commands that work on several editions."""
