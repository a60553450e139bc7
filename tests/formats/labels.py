"""What becomes of label values: invalid UTF-8 is repaired, and what is too long is cut and marked with its hash.

The same steps as src/utf8.c, src/label.c and src/hash.h; the hash depends on the byte order of the machine, as there.
"""

import sys

MAX_BYTES = 1024
HASH_DIGITS = 16
K0, K1 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
WORD = (1 << 64) - 1


def fold(one, other):
    product = one * other
    return product >> 64 ^ product & WORD


def word(data):
    return int.from_bytes(data, sys.byteorder)


def hash_of(data):
    """The hash of a value at position 0 without a seed."""
    state, key = K0 ^ len(data), 0
    at = 0
    while len(data) - at > 16:
        state = fold(word(data[at: at + 8]) ^ key, word(data[at + 8: at + 16]) ^ state)
        at += 16
    data = data[at:]
    if len(data) >= 8:
        first, last = word(data[:8]), word(data[-8:])
    elif len(data) >= 4:
        first, last = word(data[:4]), word(data[-4:])
    elif data:
        first, last = data[0] << 16 | data[len(data) // 2] << 8 | data[-1], 0
    else:
        first, last = 0, 0
    return fold(first ^ key, last ^ state)


def repair(data):
    """The text that is shown for these bytes."""
    text = data.decode("utf-8", "replace")
    repaired = text.encode("utf-8")
    if len(repaired) <= MAX_BYTES:
        return text
    kept = repaired[: MAX_BYTES - HASH_DIGITS].decode("utf-8", "ignore")
    return f"{kept}{hash_of(data):016x}"
