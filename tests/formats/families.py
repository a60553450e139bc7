"""What a registry holds in the interpreter of scripts: families that were accepted, and their series.

A rule that refuses a registration raises Refused. Where the specification is silent and its parts can be read in two
ways, Unclear says so: scripts of the tests stay clear of that.
"""

import fractions
import math
import re

import labels
import names
import native
from model import Near

TYPES = tuple(names.OPENMETRICS_ROLES)
NAME_MAX, HELP_MAX, LABELS_MAX, BOUNDS_MAX, STATES_MAX, SERIES_MAX = 1024, 16384, 16, 1000, 64, 1000
DEFAULT_BUCKETS = (.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?Inf|NaN")
UNIT = names.LABEL
LARGEST = fractions.Fraction(math.nextafter(math.inf, 0))


class Refused(Exception):
    """A line that has to be reported as refused."""


class Ineffective(Exception):
    """A line that changes nothing and may be reported as refused."""


class Unclear(Exception):
    """A line whose meaning the specification leaves open."""


def number_of(text):
    """The number in an argument: whole ones exactly."""
    if not NUMBER.fullmatch(text):
        raise Unclear(f"{text!r} is no number")
    if re.fullmatch(r"[+-]?[0-9]+", text) and text not in ("-0", "+0"):
        return int(text)
    return float(text)


class Total:
    """A sum of numbers that may be added in any order, because every CPU has a cell of its own."""

    def __init__(self):
        self.exact, self.absolute, self.unit = fractions.Fraction(0), fractions.Fraction(0), None
        self.infinities = set()
        self.additions = 0

    def add(self, number):
        if isinstance(number, float) and math.isinf(number):
            self.infinities.add(number)
            return
        exact = fractions.Fraction(number)
        self.exact += exact
        self.absolute += abs(exact)
        if self.absolute > LARGEST:
            raise Unclear("a sum that overflows in one order and not in another")
        self.additions += 1
        if exact:
            lowest = fractions.Fraction(exact.numerator & -exact.numerator, exact.denominator)
            self.unit = lowest if self.unit is None else min(self.unit, lowest)

    def shown(self):
        if self.infinities:
            return self.infinities.copy().pop() if len(self.infinities) == 1 else math.nan
        if self.unit is None or self.absolute / self.unit <= 1 << 53:
            return float(self.exact)
        return Near(float(self.exact), float(self.absolute) * self.additions * 2.0 ** -52)


class Series:
    """One label set: every type uses the part that it needs."""

    def __init__(self, family, values, created):
        self.values, self.created = values, created
        self.total = Total()
        self.value = 0.0
        self.count = 0
        self.counts = [0] * (len(family.bounds) + 1)
        self.exemplar = None                  # of a counter
        self.exemplars = [None] * len(self.counts)  # of buckets, the last of each
        self.recorded = []                    # all of them
        self.has_negative = False
        self.native = native.Buckets(*family.native) if family.native else None
        self.states = dict.fromkeys(family.states, 0)

    def observe(self, family, value, exemplar):
        at = next((at for at, bound in enumerate(family.bounds) if value <= bound), len(family.bounds))
        self.counts[at] += 1
        self.count += 1
        self.total.add(value)
        self.has_negative |= value < 0
        if exemplar:
            self.exemplars[at] = exemplar
            self.recorded.append(exemplar)
        if self.native:
            self.native.observe(value)


class FamilyState:
    """A registered family. The constructor refuses what breaks a rule."""

    def __init__(self, kind, name, text, unit, label_names, options):
        self.type = decoded(kind, "type")
        if self.type not in TYPES:
            raise Refused(f"there is no type {self.type!r}")
        self.name = decoded(name, "name", NAME_MAX)
        self.help = decoded(text, "help", HELP_MAX)
        self.unit = decoded(unit, "unit")
        self.labels = [decoded(part, "label") for part in label_names.split(b",")] if label_names else []
        self.options = options_of(options)
        if not self.name or not self.help:
            raise Refused("name and help are required")
        if "\0" in self.name + self.help:
            raise Unclear("a NUL in a name or help")
        self.keep = self.options.get("keep") == "1"
        self.check_name()
        self.constants = pairs_of(self.options.get("const", ""), ",")
        self.check_labels()
        self.bounds = self.bounds_of()
        self.native = self.native_of()
        self.states = self.states_of()
        self.series = {}  # values -> Series, in the order of creation
        self.reordered = False

    def check_name(self):
        if self.type == "counter" and not self.keep and not names.without(self.name, "_total"):
            raise Refused("a counter's name ends in _total")
        if self.keep and self.type != "counter":
            raise Unclear("keep is for counters")
        if self.type == "info" and not names.without(self.name, "_info"):
            raise Refused("an info's name ends in _info")
        if not self.unit:
            return
        base = (names.without(self.name, "_total") or self.name) if self.type == "counter" else self.name
        if self.type in ("info", "stateset"):
            raise Refused(f"a {self.type} has no unit")
        if not UNIT.fullmatch(self.unit) or not names.without(base, "_" + self.unit):
            raise Refused("the unit is not the suffix of the name")

    def check_labels(self):
        every = self.labels + [name for name, _ in self.constants]
        for name in every:
            if not name or not is_text(name) or len(name.encode()) > NAME_MAX or name.startswith("__"):
                raise Refused(f"{name!r} is no label name")
            if names.RESERVED_LABELS.get(self.type) == name:
                raise Refused(f"label {name} is reserved on a {self.type}")
            if "\0" in name:
                raise Unclear("a NUL in a label name")
        if len(self.labels) > LABELS_MAX:
            raise Refused("too many labels")
        if self.type == "stateset":
            every = every + [self.name]
            if self.name.startswith("__") or ":" in self.name:
                raise Unclear("a state set whose name is no label name")
        common = names.labels_clash(every)
        if common:
            raise Refused(f"labels {common[0]!r} and {common[1]!r} are written alike")
        if self.type == "info" and not self.labels:
            raise Unclear("an info without labels")
        if any("\0" in value or not is_text(value) for _, value in self.constants) or len(every) > LABELS_MAX:
            raise Unclear("a constant label with a NUL or invalid UTF-8, or one too many")

    def bounds_of(self):
        is_histogram = self.type in ("histogram", "gaugehistogram")
        if "buckets" not in self.options:
            return list(DEFAULT_BUCKETS) if is_histogram else []
        if not is_histogram:
            raise Unclear("buckets are for histograms")
        bounds = [float(number_of(part)) for part in self.options["buckets"].split(",")]
        if len(bounds) > 1 and bounds[-1] == math.inf:
            bounds.pop()
        if any(not math.isfinite(bound) for bound in bounds) or any(not a < b for a, b in zip(bounds, bounds[1:])):
            raise Refused("bounds are finite and rise")
        if len(bounds) > BOUNDS_MAX:
            raise Refused("too many bounds")
        return bounds

    def native_of(self):
        """Factor, zero threshold, bucket limit and widest zero bucket, or None."""
        keys = [self.options.get(key) for key in ("factor", "zero_threshold", "max_buckets", "max_zero")]
        if keys == [None] * 4:
            return None
        if self.type != "histogram" or keys[0] is None:
            raise Unclear("native buckets are for histograms, and need a factor")
        factor, threshold, most, widest = (None if key is None else number_of(key) for key in keys)
        if not factor > 1 or math.isinf(factor):
            raise Refused("a factor is above 1")
        for number in (threshold, most, widest):
            if number is not None and not (number >= 0 and math.isfinite(number)):
                raise Unclear("a negative limit")
        return factor, threshold, most, widest

    def states_of(self):
        if self.type != "stateset":
            if "states" in self.options:
                raise Unclear("states are for state sets")
            return []
        states = self.options.get("states", "").split(",")
        if not all(map(is_text, states)) or any("\0" in state or len(state) > 200 for state in states):
            raise Unclear("a state that is no short text")
        if len(set(states)) != len(states) or not all(states) or len(states) > STATES_MAX:
            raise Refused("a state set has 1 to 64 states, each once and none empty")
        return states

    def check_clashes(self, others):
        for other in others:
            pair = (self.name, self.type), (other.name, other.type)
            clashes = [names.clash(*pair, apart) for apart in (False, True)]
            if all(clashes):
                raise Refused(f"{self.name!r} clashes with {other.name!r}")
            if any(clashes):
                raise Unclear("whether _total is escaped with the name before it")

    def key_of(self, values):
        """The label values as they are shown."""
        if len(values) != len(self.labels):
            raise Ineffective(f"{len(values)} values for {len(self.labels)} labels")
        return tuple(labels.repair(value) for value in values)

    def touch(self, key, created):
        if key not in self.series:
            if len(self.series) >= SERIES_MAX:
                raise Unclear("more series than a family holds")
            self.series[key] = Series(self, key, created)
        return self.series[key]


def decoded(data, what, most=None):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"the {what} is not valid UTF-8") from None
    if most and len(data) > most:
        raise Refused(f"the {what} is too long")
    return text


def is_text(text):
    """Whether a string comes from valid UTF-8."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def options_of(fields):
    options = {}
    for field in fields:
        key, equals, value = field.partition(b"=")
        if not equals or key.decode("ascii", "replace") in options:
            raise Unclear(f"option {field!r}")
        options[key.decode("ascii", "replace")] = value.decode("utf-8", "surrogateescape")
    return options


def pairs_of(text, separator):
    """k=v pairs of a constant label list or an exemplar."""
    pairs = []
    for part in text.split(separator) if text else []:
        name, equals, value = part.partition("=")
        if not equals:
            raise Unclear(f"{part!r} is no pair")
        pairs.append((name, value))
    return pairs
