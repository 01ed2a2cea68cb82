"""Pictures: what their files say of themselves, and which of them a text shows."""
