"""Rules of `kuratorium check` on quotations: their source, their words and their size."""
