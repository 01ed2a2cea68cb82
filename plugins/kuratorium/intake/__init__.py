"""The intake: feeds come in, and their new entries reach the inbox. Never imports pelican."""
