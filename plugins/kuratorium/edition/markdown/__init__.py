"""The Markdown of a text: its limits, the HTML that it may have, and what of it no page will show."""
