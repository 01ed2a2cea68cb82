"""Commands over several editions."""
