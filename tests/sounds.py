"""Recordings to test with: real MP3, and only a few hundred bytes long, however long they last."""

import struct

_FRAME_SIZE = 417  # bytes of a frame of 128 kbit/s at 44.1 kHz
_SAMPLES = 1152 / 44_100  # seconds of a frame


def sound(seconds: int) -> bytes:
    """Return an MP3 of silence whose header says how long it lasts, as that of a variable bit rate does."""
    header = b"\xff\xfb\x90\xc0".ljust(21, b"\0")  # MPEG 1, layer 3, mono
    length = b"Xing" + struct.pack(">II", 1, round(seconds / _SAMPLES))
    return (header + length).ljust(_FRAME_SIZE, b"\0")
