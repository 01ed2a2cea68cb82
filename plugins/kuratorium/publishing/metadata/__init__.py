"""What a page says of itself to machines: its description, and a graph in the vocabulary of schema.org."""
