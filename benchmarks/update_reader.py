"""Update all feeds of ./reader.sqlite with the package `reader`; the argument is the number of workers."""

from __future__ import annotations

import sys

from reader import make_reader

if __name__ == "__main__":
    make_reader("reader.sqlite").update_feeds(workers=int(sys.argv[1]), scheduled=False)
