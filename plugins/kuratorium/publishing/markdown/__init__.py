"""Convert the Markdown of posts to HTML."""
