"""Scripts of the test adapter: lines of fields between tabs, and what their escapes mean.

    new TYPE NAME HELP UNIT LABELS [KEY=VALUE ...]      time SECONDS          unregister NAME
    op NAME VERB ARG VALUES...                          created on|off
    ex NAME VERB ARG PAIRS TS VALUES...                 # a comment; empty lines count as well

In a field \\t \\n \\r \\\\ and \\xHH are escapes. Fields are bytes, because they need not be UTF-8.
"""

import re

ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[tnr\\])")
PLAIN = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"\\": b"\\"}
UNSAFE = re.compile(rb"[\x00-\x1f\\\x7f-\xff]")
SHORT = {9: b"\\t", 10: b"\\n", 13: b"\\r", 92: b"\\\\"}


def fields_of(line):
    """The fields of a line of bytes; none if it does nothing."""
    if not line or line.startswith(b"#"):
        return []
    return [ESCAPE.sub(lambda m: PLAIN[m[1]] if m[1] in PLAIN else bytes([int(m[1][1:], 16)]), field)
            for field in line.split(b"\t")]


def line_of(fields):
    """A line whose fields are these strings or bytes."""
    return b"\t".join(escape(field) for field in fields)


def escape(field):
    data = field.encode("utf-8", "surrogateescape") if isinstance(field, str) else field
    return UNSAFE.sub(lambda m: SHORT.get(m[0][0]) or b"\\x%02x" % m[0][0], data)
