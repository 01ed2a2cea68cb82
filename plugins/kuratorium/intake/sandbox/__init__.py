"""Reading untrusted documents within limits of time and memory, so that no document stops the others."""
