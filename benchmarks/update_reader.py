"""What somebody who uses the package `reader` runs: update all feeds of ./reader.sqlite with so many workers."""

from __future__ import annotations

import sys

from reader import make_reader

if __name__ == "__main__":
    make_reader("reader.sqlite").update_feeds(workers=int(sys.argv[1]), scheduled=False)
