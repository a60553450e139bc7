"""A strict parser of the protobuf exposition: MetricFamily messages, each behind its length; decoded by hand.

    protobuf.py < metrics.bin     prints what it says, or the rule that it breaks

`decode` turns a message into dictionaries by the tables below and knows nothing of metrics; `parse` applies the rules.
Strictly means: no unknown fields, no scalar left out, no field twice that is not repeated.
"""

import math
import re
import struct
import sys

from model import Bucket, Exemplar, Family, FormatError, Native, Point, canonical, dump, show, show_labels
from names import RESERVED_LABELS, is_legacy

# Message -> field number -> (name, type); a star: repeated; a capital: a message.
MESSAGES = {
    "MetricFamily": {1: "name string", 2: "help string", 3: "type enum", 4: "metric *Metric", 5: "unit string"},
    "Metric": {1: "label *LabelPair", 2: "gauge Gauge", 3: "counter Counter", 4: "summary Summary",
               5: "untyped Untyped", 6: "timestamp_ms int64", 7: "histogram Histogram"},
    "LabelPair": {1: "name string", 2: "value string"},
    "Gauge": {1: "value double"},
    "Untyped": {1: "value double"},
    "Counter": {1: "value double", 2: "exemplar Exemplar", 3: "created_timestamp Timestamp"},
    "Summary": {1: "sample_count uint64", 2: "sample_sum double", 3: "quantile *Quantile",
                4: "created_timestamp Timestamp"},
    "Quantile": {1: "quantile double", 2: "value double"},
    "Histogram": {1: "sample_count uint64", 2: "sample_sum double", 3: "bucket *Bucket", 4: "sample_count_float double",
                  5: "schema sint32", 6: "zero_threshold double", 7: "zero_count uint64", 8: "zero_count_float double",
                  9: "negative_span *BucketSpan", 10: "negative_delta *sint64", 11: "negative_count *double",
                  12: "positive_span *BucketSpan", 13: "positive_delta *sint64", 14: "positive_count *double",
                  15: "created_timestamp Timestamp", 16: "exemplars *Exemplar"},
    "Bucket": {1: "cumulative_count uint64", 2: "upper_bound double", 3: "exemplar Exemplar",
               4: "cumulative_count_float double"},
    "BucketSpan": {1: "offset sint32", 2: "length uint32"},
    "Exemplar": {1: "label *LabelPair", 2: "value double", 3: "timestamp Timestamp"},
    "Timestamp": {1: "seconds int64", 2: "nanos int32"},
}
TYPES = ["counter", "gauge", "summary", "untyped", "histogram", "gaugehistogram"]
VALUES = {"counter": "counter", "gauge": "gauge", "summary": "summary", "untyped": "untyped",
          "histogram": "histogram", "gaugehistogram": "histogram"}
# What is written even when it is 0.
REQUIRED = {
    "MetricFamily": ("name", "help", "type"), "LabelPair": ("name", "value"), "Gauge": ("value",),
    "Untyped": ("value",), "Counter": ("value",), "Summary": ("sample_count", "sample_sum"),
    "Quantile": ("quantile", "value"), "Histogram": ("sample_count", "sample_sum"),
    "Bucket": ("cumulative_count", "upper_bound"), "BucketSpan": ("offset", "length"), "Exemplar": ("value",),
    "Timestamp": ("seconds", "nanos"), "Metric": (),
}
FIELDS = {message: {number: (text.split()[0], text.split()[1].lstrip("*"), "*" in text)
                    for number, text in fields.items()} for message, fields in MESSAGES.items()}
FLOATS = ("sample_count_float", "zero_count_float", "negative_count", "positive_count")
EXEMPLAR_MAX = 128


# ---- Wire format ---------------------------------------------------------------------------------------------------


def varint(data, at, end, most=10):
    """(value, position behind it). Padded to any width up to `most` bytes."""
    value = 0
    for index in range(most):
        if at + index >= end:
            raise FormatError("truncated", 0, f"the data end in a varint at byte {at}")
        value |= (data[at + index] & 0x7f) << 7 * index
        if data[at + index] < 0x80:
            if value >= 1 << 64:
                raise FormatError("varint", 0, f"the varint at byte {at} has more than 64 bits")
            return value, at + index + 1
    raise FormatError("varint", 0, f"the varint at byte {at} has more than {most} bytes")


def number_of(value, kind):
    """What a varint means."""
    if kind in ("sint32", "sint64"):
        value = value >> 1 ^ -(value & 1)
    elif kind in ("int32", "int64", "enum") and value >= 1 << 63:
        value -= 1 << 64
    bits = 32 if kind.endswith("32") or kind == "enum" else 64
    low, high = (0, 1 << bits) if kind.startswith("uint") else (-(1 << bits - 1), 1 << bits - 1)
    if not low <= value < high:
        raise FormatError("range", 0, f"{value} does not fit into {kind}")
    return value


def packed(data, at, end, kind):
    while at < end:
        if kind == "double":
            if end - at < 8:
                raise FormatError("truncated", 0, "the data end in a double")
            yield struct.unpack_from("<d", data, at)[0]
            at += 8
        else:
            value, at = varint(data, at, end)
            yield number_of(value, kind)


def field_values(data, at, end, wire, kind, where):
    """(values, position behind them) of one field; several only if it is packed."""
    if wire == 2:
        length, at = varint(data, at, end)
        if length > end - at:
            raise FormatError("truncated", 0, f"{where} is longer than what holds it")
        if kind == "string":
            try:
                return [data[at: at + length].decode("utf-8")], at + length
            except UnicodeDecodeError:
                raise FormatError("utf-8", 0, f"{where} is not valid UTF-8") from None
        if kind in FIELDS:
            return [decode(data, at, at + length, kind)], at + length
        return list(packed(data, at, at + length, kind)), at + length
    if wire == 0 and kind not in FIELDS and kind not in ("string", "double"):
        value, at = varint(data, at, end)
        return [number_of(value, kind)], at
    if wire == 1 and kind == "double":
        if end - at < 8:
            raise FormatError("truncated", 0, f"{where} is cut off")
        return [struct.unpack_from("<d", data, at)[0]], at + 8
    raise FormatError("wire-type", 0, f"{where} has wire type {wire}")


def decode(data, at, end, message):
    """A message as a dictionary: numbers, strings, dictionaries; lists of them for repeated fields."""
    out = {}
    while at < end:
        tag, at = varint(data, at, end, most=5)
        if tag >> 3 not in FIELDS[message]:
            raise FormatError("unknown-field", 0, f"{message} has the unknown field {tag >> 3}")
        name, kind, is_repeated = FIELDS[message][tag >> 3]
        where = f"{message}.{name}"
        values, at = field_values(data, at, end, tag & 7, kind, where)
        if is_repeated:
            out.setdefault(name, []).extend(values)
        elif name in out or len(values) != 1:
            raise FormatError("field-twice", 0, f"{where} is there twice")
        else:
            out[name] = values[0]
    for name in REQUIRED[message]:
        if name not in out:
            raise FormatError("missing-field", 0, f"{message} has no {name}")
    return out


def split(data):
    """The bodies of the messages of a stream."""
    at = 0
    while at < len(data):
        length, at = varint(data, at, len(data), most=5)
        if length > len(data) - at:
            raise FormatError("truncated", 0, f"a message of {length} bytes at byte {at} is cut off")
        yield data[at: at + length]
        at += length


# ---- Rules ---------------------------------------------------------------------------------------------------------


def fail(rule, where, message):
    raise FormatError(rule, 0, f"{where}: {message}")


def labels_of(pairs, where, quoted, reserved):
    labels = {}
    for pair in pairs:
        name = pair["name"]
        if name in labels:
            fail("label-twice", where, f"label {show(name)} is there twice")
        if not name or not (quoted or is_legacy(name, label=True)):
            fail("label-name", where, f"{show(name)} is no label name under this escaping")
        if reserved and name.startswith("__"):
            fail("reserved-label", where, f"label {show(name)} begins with __")
        labels[name] = pair["value"]
    return labels


def time_of(stamp, where):
    if stamp is None:
        return None
    if not 0 <= stamp["nanos"] <= 999999999:
        fail("timestamp", where, f"{stamp['nanos']} nanoseconds")
    return stamp["seconds"] + stamp["nanos"] / 1e9


def exemplar_of(raw, where, quoted):
    if raw is None:
        return None
    labels = labels_of(raw.get("label", []), where, quoted, reserved=False)
    length = sum(len(name) + len(value) for name, value in labels.items())
    if length > EXEMPLAR_MAX:
        fail("exemplar-length", where, f"an exemplar has {length} characters")
    return Exemplar(labels, raw["value"], time_of(raw.get("timestamp"), where))


def side_of(raw, sign, where):
    """Spans and deltas of one side as counts by index."""
    spans, deltas = raw.get(f"{sign}_span", []), raw.get(f"{sign}_delta", [])
    if sum(span["length"] for span in spans) != len(deltas):
        fail("spans", where, f"the {sign} spans have another length than the deltas")
    counts, index, count, rest = {}, 0, 0, iter(deltas)
    for number, span in enumerate(spans):
        if number and span["offset"] < 0:
            fail("spans", where, f"a later {sign} span has a negative offset")
        index += span["offset"]
        for _ in range(span["length"]):
            count += next(rest)
            if count < 0:
                fail("deltas", where, f"bucket {index} of the {sign} side is {count}")
            if count:
                counts[index] = count
            index += 1
    return counts


def native_of(raw, where, quoted):
    present = [name for name in raw if name.startswith(("zero_", "negative_", "positive_")) or name in
               ("schema", "exemplars")]
    if not present:
        return None
    for name in ("schema", "zero_threshold", "zero_count"):
        if name not in raw:
            fail("missing-field", where, f"a native histogram has no {name}")
    if not -4 <= raw["schema"] <= 8:
        fail("schema", where, f"schema {raw['schema']}")
    if not raw["zero_threshold"] >= 0:
        fail("zero-threshold", where, f"the zero threshold is {raw['zero_threshold']}")
    if not (raw["zero_threshold"] > 0 or raw["zero_count"] or raw.get("positive_span") or raw.get("negative_span")):
        fail("no-op-span", where, "an empty native histogram without its span reads as a classic one")
    native = Native(raw["schema"], raw["zero_threshold"], raw["zero_count"],
                    side_of(raw, "positive", where), side_of(raw, "negative", where))
    total = native.zero_count + sum(native.positive.values()) + sum(native.negative.values())
    if total != raw["sample_count"]:
        fail("count-is-buckets", where, f"the count is {raw['sample_count']}, the native buckets have {total}")
    for exemplar in raw.get("exemplars", []):
        native.exemplars.append(exemplar_of(exemplar, where, quoted))
        if native.exemplars[-1].timestamp is None:
            fail("exemplar-time", where, "an exemplar of a native histogram has no time stamp")
    return native


def histogram_point(raw, labels, where, quoted):
    if any(name in raw for name in FLOATS):
        fail("float-histogram", where, "fields of float histograms")
    point = Point(labels, count=raw["sample_count"], sum=raw["sample_sum"], buckets=[],
                  native=native_of(raw, where, quoted), created=time_of(raw.get("created_timestamp"), where))
    last = None
    for bucket in raw.get("bucket", []):
        bound, count = bucket["upper_bound"], bucket.get("cumulative_count", 0)
        if "cumulative_count_float" in bucket:
            fail("float-histogram", where, "a bucket with a float count")
        if math.isnan(bound) or (point.buckets and not last < bound):
            fail("le-order", where, f"upper bound {bound} does not rise")
        if point.buckets and count < point.buckets[-1].count:
            fail("cumulative", where, f"bucket {bound} is below the one before it")
        exemplar = exemplar_of(bucket.get("exemplar"), where, quoted)
        if exemplar and not exemplar.value <= bound:
            fail("exemplar-value", where, f"an exemplar's value is not within bucket {bound}")
        point.buckets.append(Bucket(canonical(bound), count, exemplar))
        last = bound
    if last == math.inf:
        if point.buckets[-1].count != point.count:
            fail("count-is-inf-bucket", where, f"count {point.count}, +Inf bucket {point.buckets[-1].count}")
    else:
        if point.buckets and point.buckets[-1].count > point.count:
            fail("cumulative", where, "the last bucket has more than the count")
        point.buckets.append(Bucket("+Inf", point.count))
    return point


def summary_point(raw, labels, where):
    point = Point(labels, count=raw["sample_count"], sum=raw["sample_sum"],
                  created=time_of(raw.get("created_timestamp"), where))
    ranks = [quantile["quantile"] for quantile in raw.get("quantile", [])]
    if any(not 0 <= rank <= 1 for rank in ranks) or any(not a < b for a, b in zip(ranks, ranks[1:])):
        fail("quantile", where, "quantiles do not rise within 0 and 1")
    if ranks:
        point.quantiles = [(canonical(item["quantile"]), item["value"]) for item in raw["quantile"]]
    return point


def point_of(family, raw, quoted, reserved):
    labels = labels_of(raw.get("label", []), family.name, quoted, reserved)
    where = f"{family.name} {show_labels(labels)}"
    values = [name for name in raw if name in VALUES.values()]
    if values != [VALUES[family.type]]:
        fail("value-message", where, f"a {family.type} has {' and '.join(values) or 'no value'}")
    if RESERVED_LABELS.get(family.type) in labels:
        fail("reserved-label", where, f"label {RESERVED_LABELS[family.type]}")
    value = raw[values[0]]
    if values[0] == "histogram":
        point = histogram_point(value, labels, where, quoted)
    elif values[0] == "summary":
        point = summary_point(value, labels, where)
    else:
        point = Point(labels, value=value["value"], created=time_of(value.get("created_timestamp"), where),
                      exemplar=exemplar_of(value.get("exemplar"), where, quoted))
        if family.type == "counter" and not point.value >= 0:
            fail("counter-value", where, f"a counter is {point.value}")
    if "timestamp_ms" in raw:
        point.timestamp = raw["timestamp_ms"] / 1000
    return point


def family_of(raw, quoted, reserved):
    name = raw["name"]
    if not name or not (quoted or is_legacy(name)):
        fail("metric-name", show(name), "is no metric name under this escaping")
    if not 0 <= raw["type"] < len(TYPES):
        fail("type", name, f"there is no type {raw['type']}")
    if not raw.get("metric"):
        fail("empty-family", name, "has no metric")
    family = Family(name, TYPES[raw["type"]], raw["help"] or None, raw.get("unit") or None)
    if family.unit and not re.search(f"_{re.escape(family.unit)}(__?total)?$", name):
        fail("unit", name, f"does not end in the unit {show(family.unit)}")
    seen = set()
    for metric in raw["metric"]:
        point = point_of(family, metric, quoted, reserved)
        if point.key() in seen:
            fail("duplicate", name, f"{show_labels(point.labels)} is there twice")
        seen.add(point.key())
        family.points.append(point)
    return family


def parse(data, quoted=False, reserved=True):
    """The families of a stream. `quoted`: any names (allow-utf-8); `reserved`: refuse label names with __."""
    families = {}
    for body in split(data):
        family = family_of(decode(body, 0, len(body), "MetricFamily"), quoted, reserved)
        if family.name in families:
            fail("contiguous", family.name, "this family was there before")
        families[family.name] = family
    for name, family in families.items():
        suffixes = {"histogram": ("_bucket", "_sum", "_count"), "gaugehistogram": ("_bucket", "_sum", "_count"),
                    "summary": ("_sum", "_count")}.get(family.type, ())
        for suffix in suffixes:
            if name + suffix in families:
                fail("clash", name, f"{name + suffix} is a family and a sample")
    return list(families.values())


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
