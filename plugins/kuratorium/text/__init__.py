"""Words of readers and editors: as plain text, as sentences, compared and put in order. Leaves."""
