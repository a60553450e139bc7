#!/usr/bin/env python3
"""An adapter without a library: writes what is expected. It shakes out parsers, generator and comparison.

    fake_adapter.py FORMAT ESCAPING < script

The writers are as plain as can be; `write` also serves the tests of the parsers, as a source of valid expositions.
"""

import csv
import fractions
import io
import json
import math
import struct
import sys

import expected
import protobuf
from model import Choice, Near
from names import is_legacy


def plain(value):
    """One of the values that may stand here."""
    if isinstance(value, Choice):
        return plain(value.options[-1])
    return value.value if isinstance(value, Near) else value


def number(value):
    value = plain(value)
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    if value == int(value) and abs(value) < 1 << 53:
        return str(int(value))
    return repr(value)


def seconds(value):
    return f"{plain(value):.9f}".rstrip("0").rstrip(".")


def escaped(text, specials):
    for special, shown in (("\\", "\\\\"), ("\n", "\\n"), ('"', '\\"')):
        if special in specials:
            text = text.replace(special, shown)
    return text


def label_text(name):
    return name if is_legacy(name, label=True) else f'"{escaped(name, _ALL)}"'


_ALL = '\\\n"'


def labels_text(labels):
    return ",".join(f'{label_text(name)}="{escaped(value, _ALL)}"' for name, value in labels.items())


def series(name, labels):
    if is_legacy(name):
        return name + (f"{{{labels_text(labels)}}}" if labels else "")
    return f'{{"{escaped(name, _ALL)}"' + ("," if labels else "") + labels_text(labels) + "}"


def metric_name(name):
    return name if is_legacy(name) else f'"{escaped(name, _ALL)}"'


# ---- Text ----------------------------------------------------------------------------------------------------------


def rows(family, point, openmetrics):
    """(suffix, labels, value, exemplar) of the samples of a point."""
    is_gauge_histogram = openmetrics and family.type == "gaugehistogram"
    if point.value is not None:
        suffix = {"counter": "_total", "info": "_info"}.get(family.type, "") if openmetrics else ""
        yield suffix, point.labels, point.value, point.exemplar
    for state, value in (point.states or {}).items():
        yield "", {**point.labels, family.name: state}, value, None
    for bucket in point.buckets or []:
        yield "_bucket", {**point.labels, "le": bucket.le}, bucket.count, bucket.exemplar
    for text, value in point.quantiles or []:
        yield "", {**point.labels, "quantile": text}, value, None
    parts = [("_gsum" if is_gauge_histogram else "_sum", point.sum),
             ("_gcount" if is_gauge_histogram else "_count", point.count)]
    for suffix, value in reversed(parts) if openmetrics else parts:
        if value is not None:
            yield suffix, point.labels, value, None


def text(families):
    for family in families:
        yield f"# HELP {metric_name(family.name)} {escaped(family.help, _ALL[:2])}"
        yield f"# TYPE {metric_name(family.name)} {family.type}"
        for point in family.points:
            for suffix, labels, value, _ in rows(family, point, openmetrics=False):
                yield f"{series(family.name + suffix, labels)} {number(value)}"


def openmetrics(families):
    for family in families:
        yield f"# TYPE {metric_name(family.name)} {family.type}"
        if family.unit:
            yield f"# UNIT {metric_name(family.name)} {family.unit}"
        yield f"# HELP {metric_name(family.name)} {escaped(family.help, _ALL)}"
        for point in family.points:
            for suffix, labels, value, exemplar in rows(family, point, openmetrics=True):
                yield f"{series(family.name + suffix, labels)} {number(value)}{exemplar_text(plain(exemplar))}"
            if point.created is not None:
                yield f"{series(family.name + '_created', point.labels)} {seconds(point.created)}"
    yield "# EOF"


def exemplar_text(exemplar):
    if exemplar is None:
        return ""
    stamp = plain(exemplar.timestamp)
    return f" # {{{labels_text(exemplar.labels)}}} {number(exemplar.value)}" + \
        ("" if stamp is None else f" {seconds(stamp)}")


# ---- Protobuf ------------------------------------------------------------------------------------------------------


def varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(message, values):
    """A dictionary as protobuf.decode makes it, as bytes."""
    out = b""
    for field, (name, kind, is_repeated) in protobuf.FIELDS[message].items():
        items = values.get(name) if is_repeated else [values.get(name)]
        for item in items or []:
            if item is None:
                continue
            if kind in protobuf.FIELDS:
                body = encode(kind, item)
            elif kind == "string":
                body = item.encode()
            elif kind == "double":
                out += varint(field << 3 | 1) + struct.pack("<d", item)
                continue
            else:
                out += varint(field << 3) + varint(item << 1 ^ item >> 63 if kind.startswith("sint") else item)
                continue
            out += varint(field << 3 | 2) + varint(len(body)) + body
    return out


def pairs(labels):
    return [{"name": name, "value": value} for name, value in labels.items()]


def time(value):
    value = plain(value)
    if value is None:
        return None
    nanos = round(fractions.Fraction(value) * 10**9)
    return {"seconds": nanos // 10**9, "nanos": nanos % 10**9}


def raw_exemplar(exemplar, needs_time=False):
    exemplar = plain(exemplar)
    if exemplar is None:
        return None
    stamp = plain(exemplar.timestamp)
    return {"label": pairs(exemplar.labels), "value": float(exemplar.value),
            "timestamp": time(0 if stamp is None and needs_time else stamp)}


def spans_of(side):
    """Spans and deltas; gaps of one or two empty buckets are bridged."""
    spans, deltas, last, at = [], [], 0, None
    for index, count in sorted(side.items()):
        gap = index - at if at is not None else 0
        if at is None or gap > 2:
            spans.append({"offset": index if at is None else gap, "length": 0})
            gap = 0
        for value in [0] * gap + [count]:
            deltas.append(value - last)
            last = value
            spans[-1]["length"] += 1
        at = index + 1
    return spans, deltas


def raw_histogram(point):
    raw = {"sample_count": point.count, "sample_sum": float(plain(point.sum)), "created_timestamp": time(point.created)}
    raw["bucket"] = [{"cumulative_count": bucket.count, "upper_bound": float(bucket.le.replace("Inf", "inf")),
                      "exemplar": raw_exemplar(bucket.exemplar)} for bucket in point.buckets]
    native = point.native
    if native:
        raw |= {"schema": native.schema, "zero_threshold": native.zero_threshold, "zero_count": native.zero_count}
        raw["positive_span"], raw["positive_delta"] = spans_of(native.positive)
        raw["negative_span"], raw["negative_delta"] = spans_of(native.negative)
        if not (native.zero_threshold or native.zero_count or native.positive or native.negative):
            raw["positive_span"] = [{"offset": 0, "length": 0}]
        raw["exemplars"] = [raw_exemplar(exemplar, needs_time=True) for exemplar in native.exemplars
                            if plain(exemplar.timestamp) is not None]
    return raw


def raw_metric(family, point):
    kind = protobuf.VALUES[family.type]
    if kind == "histogram":
        value = raw_histogram(point)
    elif kind == "summary":
        value = {"sample_count": point.count, "sample_sum": float(plain(point.sum)),
                 "quantile": [{"quantile": float(rank), "value": value} for rank, value in point.quantiles or []],
                 "created_timestamp": time(point.created)}
    else:
        value = {"value": float(plain(point.value)), "created_timestamp": time(point.created),
                 "exemplar": raw_exemplar(point.exemplar)}
    return {"label": pairs(point.labels), kind: value}


def proto(families):
    out = b""
    for family in families:
        raw = {"name": family.name, "help": family.help, "type": protobuf.TYPES.index(family.type),
               "unit": plain(family.unit), "metric": [raw_metric(family, point) for point in family.points]}
        body = encode("MetricFamily", raw)
        out += varint(len(body)) + body
    return out


# ---- JSON and CSV --------------------------------------------------------------------------------------------------


def json_number(value):
    value = plain(value)
    if math.isnan(value) or math.isinf(value):
        return number(value)
    return int(value) if value == int(value) and abs(value) < 1 << 53 else value


def json_exemplar(exemplar):
    exemplar = plain(exemplar)
    out = {"labels": exemplar.labels, "value": json_number(exemplar.value)}
    stamp = plain(exemplar.timestamp)
    return out if stamp is None else {**out, "timestamp": stamp}


def json_metric(point):
    out = {"labels": point.labels}
    for key in ("value", "sum", "count", "created"):
        if plain(getattr(point, key)) is not None:
            out[key] = json_number(getattr(point, key))
    if point.buckets is not None:
        out["buckets"] = [{"le": bucket.le, "count": bucket.count} | (
            {"exemplar": json_exemplar(bucket.exemplar)} if plain(bucket.exemplar) else {}) for bucket in point.buckets]
    if point.quantiles:
        out["quantiles"] = [{"quantile": rank, "value": json_number(value)} for rank, value in point.quantiles]
    if point.states is not None:
        out["states"] = point.states
    if plain(point.exemplar):
        out["exemplar"] = json_exemplar(point.exemplar)
    if point.native:
        native = point.native
        out["native"] = {"count": out["count"], "sum": out["sum"], "schema": native.schema, "zero_threshold": native.zero_threshold,
                         "zero_count": native.zero_count}
        for side in ("positive", "negative"):
            out["native"][side] = [{"index": index, "count": n} for index, n in sorted(getattr(native, side).items())]
    return out


def json_lines(families):
    yield "["
    shown = [{"name": family.name, "type": family.type, "help": family.help} |
             ({"unit": plain(family.unit)} if plain(family.unit) else {}) |
             {"metrics": [json_metric(point) for point in family.points]} for family in families]
    for at, family in enumerate(shown):
        yield json.dumps(family, ensure_ascii=False) + ("," if at + 1 < len(shown) else "")
    yield "]"


def csv_text(families):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["name", "type", "labels", "value"])
    for family in families:
        for point in family.points:
            for suffix, labels, value, _ in rows(family, point, openmetrics=False):
                writer.writerow([family.name + suffix, plain(family.type), labels_text(labels), number(value)])
    return out.getvalue()


def write(families, form):
    """An exposition of these families, as bytes."""
    if form == "proto":
        return proto(families)
    if form == "csv":
        return csv_text(families).encode()
    lines = {"text": text, "text1": text, "om": openmetrics, "json": json_lines}[form](families)
    return "".join(line + "\n" for line in lines).encode()


def main():
    form, escaping = sys.argv[1:3]
    result = expected.run(sys.stdin.buffer.read())
    for line in sorted(result.must):
        print(f"refused {line}", file=sys.stderr)
    sys.stdout.buffer.write(write(result.families(form, escaping), form))


if __name__ == "__main__":
    main()
