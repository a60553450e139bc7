'''A strict parser of tacho's CSV: one record for each sample, as in the text format.

    csv_format.py < metrics.csv     prints what it says, or the rule that it breaks and the record

    name,type,labels,value
    jobs_total,counter,"queue=""mail""",3

RFC 4180: records end in CRLF; a field with a comma, a quote, CR or LF stands in quotes, and quotes in it are doubled.
The labels are as between the braces of the text format, escapes included. Help, units and families without samples do
not appear; the type is that of the registration or the text format's.
'''

import re
import sys

from lexer import Line, Sample, parse_number
from model import Family, FormatError, dump, show
from names import OPENMETRICS_ROLES, TEXT_ROLES, is_legacy
from text import check_clashes, points_of

HEADER = ["name", "type", "labels", "value"]
FIELD = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]*)')
HISTOGRAM_LIKE = {"histogram": "histogram", "gaugehistogram": "histogram", "summary": "summary"}


def records(text):
    """Yield (number, fields) of each record."""
    at, number = 0, 0
    while at < len(text):
        number += 1
        fields = []
        while True:
            match = FIELD.match(text, at)
            fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
            at = match.end()
            if text.startswith("\r\n", at):
                at += 2
                break
            if not text.startswith(",", at):
                raise FormatError("csv", number, f"a comma or CRLF is expected before {show(text[at:at + 20])}")
            at += 1
        yield number, fields


def sample_of(number, fields, quoted, reserved):
    name, _, labels, value = fields
    if not name or not (quoted or is_legacy(name)):
        raise FormatError("metric-name", number, f"{show(name)} is no metric name under this escaping")
    line = Line(number, labels + "}", quoted, reserved)
    pairs = line.labels(first=True) if labels else {}
    if labels and not line.done():
        line.fail("labels", "something follows the labels")
    return Sample(name, pairs, value, parse_number(value, number), number)


def family_name(name, kind, number):
    roles = TEXT_ROLES[HISTOGRAM_LIKE[kind]] if kind in HISTOGRAM_LIKE else {}
    for suffix in roles:
        if suffix and name.endswith(suffix):
            return name[: -len(suffix)]
    if roles and "" not in roles:
        raise FormatError("suffix", number, f"a {kind} has no sample {show(name)}")
    return name


def parse(data, quoted=False, reserved=True):
    """The families of a CSV exposition. `quoted`: any names; `reserved`: refuse label names with __."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise FormatError("utf-8", 0, f"byte {data[problem.start]:#x} is not valid UTF-8") from None
    rows = list(records(text))
    if not rows or rows[0][1] != HEADER:
        raise FormatError("header", 1, f"the header is not {','.join(HEADER)}")
    families, samples, lines, current = {}, {}, {}, None
    for number, fields in rows[1:]:
        if len(fields) != len(HEADER):
            raise FormatError("csv", number, f"{len(fields)} fields, not {len(HEADER)}")
        kind = fields[1]
        if kind not in OPENMETRICS_ROLES and kind != "untyped":
            raise FormatError("type", number, f"there is no type {show(kind)}")
        name = family_name(fields[0], kind, number)
        if name != current:
            if name in families:
                raise FormatError("contiguous", number, f"family {show(name)} was there before")
            families[name], samples[name], lines[name] = Family(name, kind), [], number
            current = name
        if families[name].type != kind:
            raise FormatError("type", number, f"{show(name)} is a {kind} here and a {families[name].type} before")
        samples[name].append(sample_of(number, fields, quoted, reserved))
    for name, family in families.items():
        shown = Family(name, HISTOGRAM_LIKE.get(family.type, "counter" if family.type == "counter" else "gauge"))
        family.points = points_of(shown, samples[name])
    check_clashes({name: Family(name, HISTOGRAM_LIKE.get(family.type, "gauge")) for name, family in families.items()},
                  lines)
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
