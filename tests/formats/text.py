"""A strict parser of the Prometheus text format, 0.0.4 and 1.0.0 (with names in quotes).

    text.py [--quoted] < metrics.txt     prints what it says, or the rule that it breaks and the line

Stricter than scrapers where the specification says "do not write": see lexer.py. Each family has its HELP (if any)
before its TYPE, all lines of a family stand together, those of a histogram in the order buckets, sum, count.
"""

import sys

import assemble
from lexer import Line, Sample, check_not_left, lines_of, parse_number, unescape
from model import Family, FormatError, Point, dump, show, show_labels
from names import RESERVED_LABELS, TEXT_ROLES


class Reader:
    def __init__(self, quoted, reserved):
        self.quoted, self.reserved = quoted, reserved
        self.families = {}  # name -> Family
        self.samples = {}   # name -> its samples
        self.lines = {}     # name -> line of its beginning
        self.typed = set()
        self.current = None

    def enter(self, name, line):
        """Go on with a family, or begin it; nothing comes back after another one began."""
        if self.current and self.current.name == name:
            return self.current
        if name in self.families:
            raise FormatError("contiguous", line, f"family {show(name)} was there before")
        self.current = self.families[name] = Family(name, "untyped")
        self.samples[name] = []
        self.lines[name] = line
        return self.current

    def metadata(self, line):
        kind = line.text[2:7]
        if not line.text.startswith("# ") or kind not in ("HELP ", "TYPE "):
            line.fail("comment", "this is neither HELP nor TYPE")
        line.at = 7
        name = line.family_name()
        line.blank("the text" if kind == "HELP " else "the type")
        family = self.enter(name, line.number)
        if self.samples[name]:
            line.fail("metadata-order", f"{kind}of {show(name)} comes after its samples")
        if kind == "HELP ":
            if family.help is not None:
                line.fail("metadata-twice", f"second HELP of {show(name)}")
            if name in self.typed:
                line.fail("metadata-order", f"HELP of {show(name)} comes after its TYPE")
            family.help = unescape(line.rest(), "\\n", line.number, "help-escape")
            return
        if name in self.typed:
            line.fail("metadata-twice", f"second TYPE of {show(name)}")
        self.typed.add(name)
        family.type = line.rest()
        if family.type not in TEXT_ROLES:
            line.fail("type", f"there is no type {show(family.type)}")

    def sample(self, line):
        name, labels = line.series()
        line.blank("the value")
        text = line.word("the value")
        sample = Sample(name, labels, text, parse_number(text, line.number), line.number)
        if not line.done():
            line.blank("the time stamp")
            text = line.word("the time stamp")
            if not text.removeprefix("-").isdecimal() or not text.isascii():
                line.fail("timestamp", f"the time stamp {show(text)} is no whole number")
            sample.timestamp = int(text)
            if not line.done():
                line.fail("token", "something follows the time stamp")
        self.place(sample)

    def place(self, sample):
        """Find the family that a sample belongs to: the one being read, or a new one without a type."""
        family = self.current
        if family:
            belongs = sample.name.startswith(family.name) and \
                sample.name[len(family.name):] in TEXT_ROLES[family.type]
            if not belongs and sample.name == family.name:
                raise FormatError("suffix", sample.line, f"a {family.type} has no sample {show(sample.name)}")
        if not family or not belongs:
            check_not_left(sample.name, self.families, TEXT_ROLES, sample.line)
            self.enter(sample.name, sample.line)
            family = self.current
        self.samples[family.name].append(sample)

    def finish(self):
        for name, family in self.families.items():
            family.points = points_of(family, self.samples[name])
        check_clashes(self.families, self.lines)
        return list(self.families.values())


def points_of(family, samples):
    points = []
    for group in assemble.group(family, samples, TEXT_ROLES[family.type], RESERVED_LABELS):
        where = f"{family.name} {show_labels(group.labels)}"
        if family.type in ("histogram", "summary"):
            is_histogram = family.type == "histogram"
            point = assemble.histogram_point(group) if is_histogram else assemble.summary_point(group)
            assemble.rising_quantiles(group)
            if point.sum is None or point.count is None:
                raise FormatError("sum-and-count", group.line(), f"{where} lacks its _sum or its _count")
        else:
            sample = group.one("value")
            if family.type == "counter" and not sample.value >= 0:
                raise FormatError("counter-value", sample.line, f"counter {where} is {sample.text}")
            point = Point(group.labels, value=sample.value, timestamp=sample.timestamp)
        points.append(point)
    return points


def check_clashes(families, lines):
    """No family shows a name that another one has."""
    for name, family in families.items():
        for suffix in TEXT_ROLES[family.type]:
            if suffix and name + suffix in families:
                line = max(lines.get(name, 0), lines.get(name + suffix, 0))
                raise FormatError("clash", line, f"{show(name + suffix)} is a sample of {show(name)} and a family")


def parse(data, quoted=False, reserved=True):
    """The families of an exposition. `quoted`: 1.0.0 with allow-utf-8; `reserved`: refuse label names with __."""
    reader = Reader(quoted, reserved)
    for number, text in lines_of(data):
        line = Line(number, text, quoted, reserved)
        if text.startswith("#"):
            reader.metadata(line)
        else:
            reader.sample(line)
    return reader.finish()


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
