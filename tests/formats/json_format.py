"""A strict parser of tacho's JSON: an array of families, each an object in a line of its own.

    json_format.py < metrics.json     prints what it says, or the rule that it breaks

    [
    {"name":"jobs_total","type":"counter","help":"Jobs.","metrics":[{"labels":{"queue":"mail"},"value":3}]},
    {"name":"job_seconds","type":"histogram","help":"Time.","unit":"seconds","metrics":[{"labels":{},"sum":0.25,
      "count":1,"buckets":[{"le":"1.0","count":1},{"le":"+Inf","count":1}]}]}          (in one line)
    ]

Names and types are those of the registration. A metric has `value`; or `sum`, `count` and `buckets` or `quantiles`
([{"quantile":"0.5","value":n}]); or `states` ({"on":1,"off":0}); and may have `created` (seconds), `exemplar`
({"labels","value","timestamp"}; in a bucket as well) and `native` ({"count", "sum", "schema", "zero_threshold", "zero_count",
"positive" and "negative": [{"index":i,"count":n}], "exemplars"}). NaN and infinities are strings; whole numbers have
all digits.
"""

import json
import math
import sys

from lexer import NUMBER, lines_of, parse_number
from model import Bucket, Exemplar, Family, FormatError, Native, Point, canonical, dump, show, show_labels
from names import OPENMETRICS_ROLES, RESERVED_LABELS, is_legacy

PARTS = {"histogram": {"sum", "count", "buckets"}, "gaugehistogram": {"sum", "count", "buckets"},
         "summary": {"sum", "count"}, "stateset": {"states"}}
SPECIAL = {"NaN": math.nan, "+Inf": math.inf, "-Inf": -math.inf}


def fail(rule, where, message):
    raise FormatError(rule, 0, f"{where}: {message}")


def no_duplicates(pairs):
    out = dict(pairs)
    if len(out) != len(pairs):
        raise FormatError("key-twice", 0, f"a key is there twice: {', '.join(key for key, _ in pairs)}")
    return out


def no_constant(text):
    raise FormatError("number", 0, f"{text} is no JSON")


def load(data):
    """The objects of the array; each stands in one line."""
    lines = list(lines_of(data))
    try:
        whole = json.loads(data, object_pairs_hook=no_duplicates, parse_constant=no_constant)
    except ValueError as problem:
        raise FormatError("json", 0, str(problem)) from None
    if not isinstance(whole, list):
        raise FormatError("json", 1, "this is no array")
    inside = [line for _, line in lines if line not in ("[", "]", "[]")]
    if len(inside) != len(whole):
        raise FormatError("one-line", 0, f"{len(whole)} families are in {len(inside)} lines")
    return whole


def expect_keys(raw, where, required, optional=()):
    if not isinstance(raw, dict):
        fail("shape", where, f"{raw!r:.60} is no object")
    for key in required:
        if key not in raw:
            fail("missing-field", where, f"there is no {show(key)}")
    for key in raw:
        if key not in required and key not in optional:
            fail("unknown-field", where, f"{show(key)} should not be there")


def string(value, where):
    if not isinstance(value, str):
        fail("shape", where, f"{value!r:.60} is no string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        fail("utf-8", where, "half a surrogate pair")
    return value


def number(value, where):
    if isinstance(value, str) and value in SPECIAL:
        return SPECIAL[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isinf(value):
        fail("number", where, f"{value!r:.60} is no number")
    return value


def whole(value, where):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        fail("count", where, f"{value!r:.60} is no count")
    return value


def items(value, where):
    if not isinstance(value, list):
        fail("shape", where, f"{value!r:.60} is no array")
    return value


def labels_of(raw, where, quoted, reserved):
    if not isinstance(raw, dict):
        fail("shape", where, "labels are no object")
    for name, value in raw.items():
        if not name or not (quoted or is_legacy(string(name, where), label=True)):
            fail("label-name", where, f"{show(name)} is no label name under this escaping")
        if reserved and name.startswith("__"):
            fail("reserved-label", where, f"label {show(name)} begins with __")
        string(value, where)
    return dict(raw)


def exemplar_of(raw, where, quoted):
    if raw is None:
        return None
    expect_keys(raw, where, ("labels", "value"), ("timestamp",))
    labels = labels_of(raw["labels"], where, quoted, reserved=False)
    if sum(len(name) + len(value) for name, value in labels.items()) > 128:
        fail("exemplar-length", where, "an exemplar has more than 128 characters")
    stamp = number(raw["timestamp"], where) if "timestamp" in raw else None
    return Exemplar(labels, number(raw["value"], where), stamp)


def native_of(raw, count, where, quoted):
    if raw is None:
        return None
    expect_keys(raw, where, ("count", "sum", "schema", "zero_threshold", "zero_count", "positive", "negative"),
                ("exemplars",))
    sides = []
    for side in ("positive", "negative"):
        counts = {}
        for item in items(raw[side], where):
            expect_keys(item, where, ("index", "count"))
            counts[item["index"]] = whole(item["count"], where)
        sides.append({index: n for index, n in counts.items() if n})
    native = Native(raw["schema"], number(raw["zero_threshold"], where), whole(raw["zero_count"], where), *sides)
    native.exemplars = [exemplar_of(item, where, quoted) for item in items(raw.get("exemplars", []), where)]
    total = native.zero_count + sum(native.positive.values()) + sum(native.negative.values())
    for said in (count, whole(raw["count"], where)):
        if total != said:
            fail("count-is-buckets", where, f"the count is {said}, the native buckets have {total}")
    number(raw["sum"], where)
    return native


def buckets_of(raw, where, quoted):
    buckets, last = [], None
    for item in items(raw, where):
        expect_keys(item, where, ("le", "count"), ("exemplar",))
        bound = parse_number(string(item["le"], where), 0, "le") if NUMBER.fullmatch(item["le"]) else \
            SPECIAL.get(item["le"], math.nan)
        if canonical(bound) != item["le"] or math.isnan(bound):
            fail("canonical", where, f"le is {show(item['le'])}, not {canonical(bound)}")
        if last is not None and not last < bound:
            fail("le-order", where, f"le {item['le']} does not rise")
        if buckets and whole(item["count"], where) < buckets[-1].count:
            fail("cumulative", where, f"bucket {item['le']} is below the one before it")
        exemplar = exemplar_of(item.get("exemplar"), where, quoted)
        if exemplar and not exemplar.value <= bound:
            fail("exemplar-value", where, f"an exemplar's value is not within bucket {item['le']}")
        buckets.append(Bucket(item["le"], whole(item["count"], where), exemplar))
        last = bound
    return buckets


def states_of(raw, where):
    if not isinstance(raw, dict) or any(value not in (0, 1) or isinstance(value, bool) for value in raw.values()):
        fail("state-value", where, "a state is neither 0 nor 1")
    return dict(raw)


def point_of(family, raw, quoted, reserved):
    parts = PARTS.get(family.type, {"value"})
    expect_keys(raw, family.name, {"labels"} | parts - {"buckets"},
                {"created", "exemplar", "native"} | parts | ({"quantiles"} if family.type == "summary" else set()))
    where = f"{family.name} {raw['labels']!r:.200}"
    point = Point(labels_of(raw["labels"], where, quoted, reserved))
    if RESERVED_LABELS.get(family.type) in point.labels:
        fail("reserved-label", where, f"label {RESERVED_LABELS[family.type]}")
    if "created" in raw:
        point.created = number(raw["created"], where)
    point.exemplar = exemplar_of(raw.get("exemplar"), where, quoted)
    if "value" in parts:
        point.value = number(raw["value"], where)
        if family.type == "counter" and not point.value >= 0:
            fail("counter-value", where, f"a counter is {point.value}")
        if family.type == "info" and point.value != 1:
            fail("info-value", where, f"an info is {point.value}")
    elif family.type == "stateset":
        point.states = states_of(raw["states"], where)
    else:
        point.sum, point.count = number(raw["sum"], where), whole(raw["count"], where)
    if "buckets" in parts:
        point.native = native_of(raw.get("native"), point.count, where, quoted)
        point.buckets = buckets_of(raw.get("buckets", []), where, quoted)
        if not point.buckets and point.native:
            point.buckets = [Bucket("+Inf", point.count)]
        if not point.buckets or point.buckets[-1].le != "+Inf":
            fail("inf-bucket", where, "the last bucket is not +Inf")
        if point.buckets[-1].count != point.count:
            fail("count-is-inf-bucket", where, f"count {point.count}, +Inf bucket {point.buckets[-1].count}")
    for item in items(raw.get("quantiles", []), where):
        expect_keys(item, where, ("quantile", "value"))
        point.quantiles = (point.quantiles or []) + [(item["quantile"], number(item["value"], where))]
    return point


def family_of(raw, quoted, reserved):
    expect_keys(raw, "a family", ("name", "type", "help", "metrics"), ("unit",))
    name = string(raw["name"], "a family")
    if not name or not (quoted or is_legacy(name)):
        fail("metric-name", show(name), "is no metric name under this escaping")
    if raw["type"] not in OPENMETRICS_ROLES:
        fail("type", name, f"there is no type {raw['type']!r}")
    family = Family(name, raw["type"], string(raw["help"], name) or None, string(raw.get("unit", ""), name) or None)
    seen = set()
    for metric in items(raw["metrics"], name):
        point = point_of(family, metric, quoted, reserved)
        if point.key() in seen:
            fail("duplicate", name, f"{show_labels(point.labels)} is there twice")
        seen.add(point.key())
        family.points.append(point)
    return family


def parse(data, quoted=False, reserved=True):
    """The families of a JSON exposition. `quoted`: any names; `reserved`: refuse label names with __."""
    families = [family_of(raw, quoted, reserved) for raw in load(data)]
    names = [family.name for family in families]
    for name in names:
        if names.count(name) > 1:
            fail("contiguous", name, "this family is there twice")
    return families


def main():
    try:
        families = parse(sys.stdin.buffer.read(), quoted="--quoted" in sys.argv[1:])
    except FormatError as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\n".join(dump(families)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
