"""What an exposition says, whatever its format: families, their points, and how two of them are compared.

A point is one label set of a family with everything that belongs to it: a number, or the parts of a histogram, summary
or state set. Labels with an empty value are left out, because they equal absent ones. Where the specification leaves a
choice, what is expected holds a Choice, Near or variants instead of a plain value.
"""

import dataclasses
import math

ESCAPINGS = ("underscores", "dots", "values", "allow-utf-8")


class FormatError(Exception):
    """An exposition breaks a rule, which has a short name; line 0: no line in particular."""

    def __init__(self, rule, line, message):
        super().__init__(f"line {line}: {rule}: {message}" if line else f"{rule}: {message}")
        self.rule, self.line = rule, line


class Choice:
    """Expected: one of these."""

    def __init__(self, *options):
        self.options = options

    def __repr__(self):
        return " or ".join(show(option) for option in self.options)


class Near:
    """Expected: a sum whose last bits depend on the order of the additions."""

    def __init__(self, value, tolerance):
        self.value, self.tolerance = value, tolerance

    def __repr__(self):
        return f"{self.value!r} +- {self.tolerance:.1g}"


class Time(Near):
    """Expected: a time in seconds. A double of our days has steps of 0.24 us, so the last digits may differ."""

    def __init__(self, seconds):
        super().__init__(seconds, 1e-6)

    def __repr__(self):
        return show_number(self.value)


@dataclasses.dataclass
class Exemplar:
    labels: dict
    value: float
    timestamp: float = None


@dataclasses.dataclass
class Bucket:
    le: str
    count: int
    exemplar: Exemplar = None


@dataclasses.dataclass
class Native:
    """Buckets by index, without empty ones. Expected exemplars are all that were recorded."""

    schema: int
    zero_threshold: float
    zero_count: int
    positive: dict
    negative: dict
    exemplars: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Point:
    labels: dict
    value: float = None
    sum: float = None
    count: int = None
    buckets: list = None
    quantiles: list = None  # of (text, number)
    states: dict = None
    created: float = None
    exemplar: Exemplar = None
    native: Native = None
    timestamp: float = None
    # Of expected points: other values of fields that are as good, and whether the point may be missing.
    variants: tuple = ()
    optional: bool = False

    def __post_init__(self):
        self.labels = {name: value for name, value in self.labels.items() if value != ""}

    def key(self):
        return frozenset(self.labels.items())


@dataclasses.dataclass
class Family:
    name: str
    type: str
    help: str = None
    unit: str = None
    points: list = dataclasses.field(default_factory=list)
    in_order: bool = False  # of expected families: the order of the points counts


POINT_FIELDS = ("value", "sum", "count", "buckets", "quantiles", "states", "created", "exemplar", "native", "timestamp")


# ---- Numbers -----------------------------------------------------------------------------------------------------


def canonical(number):
    """The one text of an `le` or `quantile` value: shortest digits, fixed notation for exponents -4 to 5."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    sign, digits, exponent = split_shortest(number)
    if -4 <= exponent <= 5:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        return f"{sign}{whole}.{digits[exponent + 1:] or '0'}"
    point = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def split_shortest(number):
    """Sign, digits without trailing zeros, exponent of the first digit, of the shortest text that reads back."""
    mantissa, _, exponent = repr(float(number)).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    place = len(whole) - 1 - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return (sign, digits, place + int(exponent or 0)) if digits else (sign, "0", 0)


def same_number(one, other):
    """NaN equals NaN, -0 equals 0; whole numbers beyond 2^53 equal the double nearest to them."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or float(one) == float(other)


# ---- Comparison --------------------------------------------------------------------------------------------------


def matches(expected, actual):
    """Whether what was found is what was expected; both are values of any kind that a model holds."""
    if isinstance(expected, Choice):
        return any(matches(option, actual) for option in expected.options)
    if expected is None or actual is None:
        return expected is None and actual is None
    if isinstance(expected, Near):
        return abs(actual - expected.value) <= expected.tolerance
    if isinstance(expected, Native):
        return isinstance(actual, Native) and native_matches(expected, actual)
    if dataclasses.is_dataclass(expected):
        return type(expected) is type(actual) and all(
            matches(getattr(expected, field.name), getattr(actual, field.name))
            for field in dataclasses.fields(expected))
    if isinstance(expected, dict):
        return expected.keys() == actual.keys() and all(matches(expected[key], actual[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        return len(expected) == len(actual) and all(map(matches, expected, actual))
    return same_number(expected, actual)


def native_matches(expected, actual):
    plain = ("schema", "zero_threshold", "zero_count", "positive", "negative")
    return all(matches(getattr(expected, name), getattr(actual, name)) for name in plain) and all(
        any(matches(one, found) for one in expected.exemplars) for found in actual.exemplars)


def compare(expected, actual, in_order=True):
    """The differences between two lists of families, in words; none if they are the same."""
    differences = []
    wanted = {family.name: family for family in expected}
    found = {family.name: family for family in actual}
    differences += [f"family {show(name)} is missing" for name in wanted if name not in found]
    differences += [f"family {show(name)} should not be there" for name in found if name not in wanted]
    common = [name for name in wanted if name in found]
    if in_order and common != [name for name in found if name in wanted]:
        differences.append(f"families are in the order {', '.join(found)}, expected {', '.join(wanted)}")
    for name in common:
        differences += compare_families(wanted[name], found[name])
    return differences


def compare_families(expected, actual):
    where = f"family {show(expected.name)}"
    for field in ("type", "help", "unit"):
        if not matches(getattr(expected, field), getattr(actual, field)):
            yield (f"{where}: {field} is {show(getattr(actual, field))}, expected {show(getattr(expected, field))}")
    wanted = {point.key(): point for point in expected.points}
    found = {point.key(): point for point in actual.points}
    for key, point in wanted.items():
        if key in found:
            yield from compare_points(f"{where} {show_labels(point.labels)}", point, found[key])
        elif not point.optional:
            yield f"{where}: {show_labels(point.labels)} is missing"
    for key, point in found.items():
        if key not in wanted:
            yield f"{where}: {show_labels(point.labels)} should not be there"
    common = [key for key in wanted if key in found]
    if expected.in_order and common != [key for key in found if key in wanted]:
        yield f"{where}: the label sets are not in the order of their creation"


def compare_points(where, expected, actual):
    differences = list(point_differences(expected, actual))
    for variant in expected.variants:
        if differences and not list(point_differences(dataclasses.replace(expected, **variant), actual)):
            return
    for field in differences:
        found = "there are none" if getattr(actual, field) is None else f"is {show(getattr(actual, field))}"
        yield f"{where}: {field} {found}, expected {show(getattr(expected, field))}"
    if not differences and expected.native and expected.native.exemplars and actual.native:
        if not actual.native.exemplars and not any(bucket.exemplar for bucket in actual.buckets or []):
            yield f"{where}: all exemplars are lost, expected some of {show(expected.native.exemplars)}"


def point_differences(expected, actual):
    return (field for field in POINT_FIELDS if not matches(getattr(expected, field), getattr(actual, field)))


# ---- Words -------------------------------------------------------------------------------------------------------


def show_labels(labels):
    return "{" + ",".join(f"{name}={show(value)}" for name, value in labels.items()) + "}"


def show(value):
    """A value in few words, the same for the same value."""
    if isinstance(value, str):
        text = "".join(char if " " <= char <= "~" and char not in '"\\' else f"\\u{{{ord(char):x}}}" for char in value)
        return f'"{text}"' if len(text) <= 120 else f'"{text[:60]}...{text[-40:]}" of {len(value)} characters'
    if isinstance(value, bool) or value is None:
        return "none" if value is None else str(value)
    if isinstance(value, (int, float)):
        return show_number(value)
    if isinstance(value, Exemplar):
        time = "" if value.timestamp is None else f" @{show(value.timestamp)}"
        return f"# {show_labels(value.labels)} {show(value.value)}{time}"
    if isinstance(value, Bucket):
        return f"{value.le}:{show(value.count)}" + (f" {show(value.exemplar)}" if value.exemplar else "")
    if isinstance(value, Native):
        sides = (" ".join(f"{index}:{show(count)}" for index, count in sorted(side.items()))
                 for side in (value.negative, value.positive))
        text = f"schema {value.schema}, zero {show(value.zero_threshold)}:{value.zero_count}, " + ", ".join(
            f"{name} {side or '-'}" for name, side in zip(("negative", "positive"), sides))
        return text + "".join(f", {show(exemplar)}" for exemplar in value.exemplars)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return f"{value[0]}:{show(value[1])}"
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return repr(value)


def show_number(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1 << 63 else repr(value)


def dump(families):
    """Families as lines of text: what every format is compared in, and what people read."""
    for family in families:
        unit = f" unit {show(family.unit)}" if family.unit else ""
        yield f"{family.type} {show(family.name)} help {show(family.help)}{unit}"
        for point in family.points:
            parts = [f"{field} {show(getattr(point, field))}" for field in POINT_FIELDS
                     if getattr(point, field) is not None]
            yield f"    {show_labels(dict(sorted(point.labels.items())))} {'; '.join(parts)}"
