#!/usr/bin/env python3
"""Random adapter scripts, full of what libraries stumble over.

    generate.py SEED     prints a script

All types; names and label values with quotes, backslashes, line feeds, NUL, invalid UTF-8, combining and four-byte
characters, or of 2,000 bytes; NaN, infinities, -0, denormals, 2^53+1; exemplars at and over the limit; removals;
clashes and other registrations that have to be refused. The same seed gives the same script. Lines whose meaning is
open are taken out again, so a script's result is always known.
"""

import random
import sys

import expected
from families import TYPES
from script import line_of

PARTS = ("exemplars", "native")  # what may be left out
WORDS = ("jobs", "http_requests", "tank_level", "cache", "a", "x", "U__a", "ns:rule", "queue", "build", "mode", "_y")
STRANGE_WORDS = ("my.metric", "метрика", "a b", "1st", 'say "hi"', "back\\slash", "two\nlines", "e\u0301", "é",
                 "😀", "a{b}", "p=q", "tab\tbed", "a/b", "a_b", "a.b", "..", "#", "x,y", "\r", "my_metric",
                 "U__my_2e_metric")
SUFFIXES = ("_total", "_created", "_bucket", "_count", "_sum", "_info", "_gcount", "_gsum", "")
UNITS = ("seconds", "bytes", "ratio")
LABELS = ("queue", "path", "code", "host", "x", "y2", "le", "quantile", "A")
STRANGE_LABELS = ("queue.name", "ключ", "a-b", 'q"uote', "back\\slash", "2nd", "e\u0301", "😀", "a b",
                  "line\nfeed")
BAD_LABELS = ("__name__", "", b"\xff", "x,x")
PIECES = ("mail", "", "a", '"', "\\", "\n", "\t", "\r", "{", "}", ",", "=", "#", " ", "\\n", '\\"', "é", "e\u0301",
          "😀", "中", "\u2028", "\x7f", "\x01", "\u0085", "\ufeff", "\ufffd", "+Inf", "/index.html?a=b", "x" * 40)
BAD_PIECES = (b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
              b"\x80\x80", b"\xe2\x28\xa1", b"\0", b"\xf0\x80\x80\x80")
PLAIN_NUMBERS = ("0", "1", "2", "3", "7", "0.5", "0.25", "10", "100", "1.5", "0.125", "42")
NUMBERS = PLAIN_NUMBERS + ("-1", "-0.5", "-2.5", "0.1", "0.2", "0.3", "-0", "1e-5", "0.0001", "1e6", "1e21", "1e22",
                           "123456789.123", "5e-324", "2.2250738585072014e-308", "9007199254740993",
                           "9007199254740992", "1e15", "4503599627370496.5", "1e300", "1.7976931348623157e308", "NaN",
                           "+Inf", "-Inf", "-1e-300", "0.30000000000000004", "1e100", "999999.5", "1e23", "2.5e-7")
COUNTED = tuple(number for number in NUMBERS if number[0] not in "-+N" and float(number) < 1 << 60)
BOUNDS = ("-1e10", "-10", "-1", "-0.5", "0", "5e-324", "1e-05", "0.0001", "0.005", "0.1", "0.25", "1", "2.5", "10",
          "100", "99999", "100000", "1e6", "1500000", "1e10", "1e21", "1e300")
BAD_BOUNDS = ("1,1", "2,1", "NaN", "1,NaN,2", "-Inf,1", "1,+Inf,2", "+Inf,+Inf")
FACTORS = ("1.1", "1.1", "1.5", "2", "4", "10", "1.2", "1.01", "1.005", "1.001", "65536", "1e9", "1.4142135623730951")
BAD_FACTORS = ("1", "0.5", "-2")
VERBS = {
    "counter": ("inc", "inc", "inc", "init"), "gauge": ("set", "set", "inc", "dec", "init"),
    "unknown": ("set", "set", "inc", "dec", "init"), "histogram": ("observe", "observe", "observe", "observe", "init"),
    "gaugehistogram": ("observe", "observe", "observe", "init"), "summary": ("observe", "observe", "init"),
    "info": ("init",), "stateset": ("state", "state", "init"),
}


class Known:
    """A family that the script tried to register."""

    def __init__(self, kind, name, label_count, states):
        self.kind, self.name, self.label_count, self.states = kind, name, label_count, states
        self.used = []


class Generator:
    def __init__(self, seed, without=()):
        self.without = without
        self.random = random.Random(seed)
        self.lines = []
        self.registry = expected.Registry()  # as far as the script went
        self.known = []
        self.clock = 1700000000
        self.strange = self.chance(0.4)   # names that are no legacy names
        self.hostile = self.chance(0.7)   # label values that are no text
        self.limits = self.chance(0.2)    # native histograms with few buckets

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, items):
        return self.random.choice(items)

    def add(self, *fields):
        self.lines.append(line_of(fields))
        self.registry.line(self.lines[-1])

    def some_family(self):
        """Mostly one that was accepted."""
        accepted = [known for known in self.known if known.name in self.registry.families]
        return self.pick(accepted if accepted and not self.chance(0.03) else self.known)

    def script(self):
        """The script, and what has to come of it."""
        if self.chance(0.2):
            self.add("created", "off")
        for _ in range(self.random.randint(1, 7)):
            self.register()
        for _ in range(self.random.randint(5, 60)):
            self.step()
        return clear_script(self.lines)

    def step(self):
        if self.chance(0.04):
            self.register()
        elif self.chance(0.05):
            self.clock += self.random.randint(1, 10**6)
            self.add("time", f"{self.clock + self.pick((0, 0.5, 0.125, 0.001)):.3f}".rstrip("0").rstrip("."))
        elif self.chance(0.02):
            self.lines.append(self.pick((b"", b"# a comment", b"#op\tx")))
        elif self.chance(0.015) and self.known:
            self.add("unregister", self.pick(self.known).name)
        elif self.known:
            self.operate(self.some_family())

    # ---- Registration

    def name(self, kind, unit):
        if self.known and self.chance(0.12):
            base = self.pick(self.known).name
            for suffix in SUFFIXES:
                if suffix and base.endswith(suffix) and self.chance(0.5):
                    base = base[: -len(suffix)]
            base = base.replace(".", "_") if self.chance(0.3) else base
            return base + self.pick(SUFFIXES)
        word = self.pick(STRANGE_WORDS) if self.strange and self.chance(0.6) else self.pick(WORDS)
        if self.chance(0.5):
            word += f"_{self.random.randint(0, 9)}"
        if self.chance(0.01):
            word = word[0] * self.pick((1000, 1024, 1025))
        if unit and not self.chance(0.05):
            word += "_" + unit
        ending = {"counter": "_total", "info": "_info"}.get(kind, "")
        return word + ("" if self.chance(0.03) else ending)

    def label_names(self):
        names = self.random.sample(LABELS, self.pick((0, 0, 1, 1, 2, 3)))
        if self.strange and self.chance(0.5):
            names.append(self.pick(STRANGE_LABELS))
        if self.chance(0.03):
            return names + [self.pick(BAD_LABELS)]
        if self.chance(0.01):
            return [f"l{number}" for number in range(self.pick((16, 17)))]
        return names

    def register(self):
        kind = self.pick(TYPES)
        unit = self.pick(UNITS) if kind not in ("info", "stateset") and self.chance(0.3) or self.chance(0.01) else ""
        name, names = self.name(kind, unit), self.label_names()
        if kind == "info" and not names:
            names = ["version"]
        options, states = self.options(kind, name)
        label_field = b",".join(part if isinstance(part, bytes) else part.encode() for part in names)
        self.add("new", kind, name if not self.chance(0.01) else b"\xff", self.help(), unit, label_field, *options)
        self.known.append(Known(kind, name, len(label_field.split(b",")) if label_field else 0, states))

    def help(self):
        if self.chance(0.02):
            return self.pick((b"", b"bad \xc3("))
        return "Help " + self.text(self.random.randint(0, 6)).decode() + "."

    def options(self, kind, name):
        options, states = [], []
        if kind in ("histogram", "gaugehistogram") and self.chance(0.8):
            bounds = sorted(self.random.sample(BOUNDS, self.random.randint(1, 6)), key=float)
            text = ",".join(bounds) + (",+Inf" if self.chance(0.1) else "")
            options.append("buckets=" + (text if not self.chance(0.05) else self.pick(BAD_BOUNDS)))
        if kind == "histogram" and self.chance(0.5) and "native" not in self.without:
            options += self.native_options()
        if kind == "stateset":
            states = self.random.sample(("idle", "busy", "off", "a b", "état", '"', "\\"), self.random.randint(1, 4))
            if self.chance(0.04):
                states = states + states[:1]
            if not self.chance(0.02):
                options.append("states=" + ",".join(states))
        if kind == "counter" and self.chance(0.15):
            options.append("keep=1")
        if self.chance(0.15):
            pairs = [f"{self.pick(('zone', 'rack', 'x'))}={self.pick(('a', 'é', 'b c', 'quo' + chr(34) + 'te'))}"]
            options.append("const=" + ",".join(pairs + (["shelf=7"] if self.chance(0.5) else [])))
        return options, states

    def native_options(self):
        options = ["factor=" + self.pick(FACTORS if not self.chance(0.05) else BAD_FACTORS)]
        if self.chance(0.3):
            options.append("zero_threshold=" + self.pick(("0", "0.001", "0.25", "1", "1e-300")))
        if self.limits:
            options.append("max_buckets=" + self.pick(("1", "2", "3", "5", "8")))
            if self.chance(0.5):
                options.append("max_zero=" + self.pick(("0.001", "1", "100")))
        return options

    # ---- Operations

    def text(self, length):
        return "".join(self.random.choices(PIECES, k=length)).encode()

    def value(self):
        """A label value, as bytes."""
        if not self.hostile or self.chance(0.5):
            return self.pick(("mail", "fax", "a", "b", "GET", "200")).encode()
        if self.chance(0.05):
            return self.pick(("x", "é", "中", "😀")).encode() * self.pick((255, 256, 257, 512, 1024, 1025, 2000))
        if self.chance(0.02):
            return b"a" * self.pick((1023, 1024, 1025)) + self.pick((b"", b"\xff", "é".encode()))
        parts = [self.text(1) if self.chance(0.7) else self.pick(BAD_PIECES) for _ in range(self.random.randint(0, 5))]
        return b"".join(parts)

    def values(self, known):
        if known.used and self.chance(0.6):
            return self.pick(known.used)
        count = known.label_count + (self.pick((-1, 1)) if self.chance(0.02) else 0)
        values = tuple(self.value() for _ in range(max(count, 0)))
        known.used.append(values)
        return values

    def number(self, kind):
        if kind == "counter" and not self.chance(0.1):
            return self.pick(COUNTED)
        return self.pick(PLAIN_NUMBERS if self.chance(0.6) else NUMBERS)

    def operate(self, known):
        if known.label_count and self.chance(0.05):
            if self.chance(0.2):
                self.add("op", known.name, "clear", "")
            else:
                self.add("op", known.name, "remove", "", *self.values(known))
            return
        verb = self.pick(VERBS[known.kind])
        if self.chance(0.02):
            verb = self.pick(("inc", "dec", "set", "observe", "init"))
        arg = ""
        if verb == "state":
            state = self.pick(known.states) if known.states and not self.chance(0.05) else "unlisted"
            arg = f"{state}={self.pick('01')}"
        elif verb != "init" and not (verb in ("inc", "dec") and self.chance(0.3)):
            arg = self.number(known.kind)
        values = self.values(known)
        has_exemplar = (known.kind, verb) in expected.WITH_EXEMPLARS and "exemplars" not in self.without
        if has_exemplar and self.chance(0.3):
            self.add("ex", known.name, verb, arg, self.exemplar(), self.stamp(), *values)
        else:
            self.add("op", known.name, verb, arg, *values)

    def exemplar(self):
        if self.chance(0.2):
            return ""
        if self.chance(0.2):
            length = self.pick((127, 128, 129, 200)) - len("trace_id")
            return "trace_id=" + self.pick("aé😀") * length
        pairs = [f"trace_id={self.random.getrandbits(64):016x}"]
        if self.chance(0.5):
            pairs.append(self.pick(("span_id=1", 'a="quoted"', "b=back\\slash", "c=two\nlines", "trace_id=twice",
                                    "d=e\u0301")))
        return ";".join(pairs)

    def stamp(self):
        if self.chance(0.3):
            return ""
        return f"{self.clock + self.random.randint(0, 999)}" + self.pick(("", ".5", ".25", ".001"))


def clear_script(lines):
    """The script without the lines whose meaning is open, and its result."""
    while True:
        script = b"\n".join(lines) + b"\n"
        result = expected.run(script)
        if not result.unclear:
            return script, result
        lines = [line for number, line in enumerate(lines, 1) if number not in result.unclear]


def generate(seed, without=()):
    """The script of a seed, and what has to come of it. `without`: some of PARTS."""
    return Generator(seed, without).script()


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.buffer.write(generate(int(sys.argv[1]))[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
