"""Compares lines `bits sample bound` on standard input with Python's repr, the last line being `end`."""

import struct
import sys
from decimal import Decimal


def canonical(v):
    """repr has the canonical form but for whole numbers from 10^6 on, which it writes out up to 10^16."""
    text = repr(v)
    if "e" in text or abs(v) < 1e6:
        return text
    return f"{v:.{len(Decimal(text).normalize().as_tuple().digits) - 1}e}"


for line in sys.stdin:
    if line == "end\n":
        sys.exit(0)
    bits, sample, bound = line.split()
    v, = struct.unpack(">d", bytes.fromhex(bits))
    if bound != canonical(v) or Decimal(sample) != Decimal(repr(v)):
        sys.exit(f"{sample} and, as a bound, {bound} should be {v!r} and {canonical(v)}")
sys.exit("the end is missing")
