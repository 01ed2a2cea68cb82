"""Bodies of posts, turned from Markdown into HTML."""
