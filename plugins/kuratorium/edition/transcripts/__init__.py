"""Transcripts of conversations: caption files -> cues -> turns -> the Markdown of a post, and back."""
