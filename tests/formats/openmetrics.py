"""A strict parser of OpenMetrics 1.0 text, with names in quotes where the escaping allows them.

    openmetrics.py [--quoted] < metrics.txt     prints what it says, or the rule that it breaks and the line

What the standard only recommends is asked for: TYPE, UNIT, HELP in this order, `# EOF` with its line feed, canonical
`le` and `quantile`, time stamps without exponent, and in histograms and summaries _count before _sum before _created.
"""

import math
import re
import sys

import assemble
from lexer import Line, Sample, check_not_left, lines_of, parse_number, unescape
from model import Exemplar, Family, FormatError, Point, dump, show, show_labels
from names import OPENMETRICS_ROLES, RESERVED_LABELS

EXEMPLAR_MAX = 128
METADATA = ("TYPE", "UNIT", "HELP")
WITH_EXEMPLARS = {("counter", "value"), ("histogram", "bucket"), ("gaugehistogram", "bucket")}
TIME = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


class Reader:
    def __init__(self):
        self.families = {}  # name -> Family
        self.samples = {}   # name -> its samples
        self.lines = {}     # name -> line of its beginning
        self.metadata_of = {}  # name -> what was said of it so far
        self.current = None
        self.ended = False

    def enter(self, name, line):
        if self.current and self.current.name == name:
            return self.current
        if name in self.families:
            raise FormatError("contiguous", line, f"family {show(name)} was there before")
        self.current = self.families[name] = Family(name, "unknown")
        self.samples[name], self.metadata_of[name], self.lines[name] = [], [], line
        return self.current

    def metadata(self, line):
        if line.text == "# EOF":
            self.ended = True
            return
        kind = line.text[2:6]
        if not line.text.startswith("# ") or line.text[6:7] != " " or kind not in METADATA:
            line.fail("comment", "this is neither TYPE, UNIT, HELP nor EOF")
        line.at = 7
        name = line.family_name()
        line.blank("the text")
        family, said = self.enter(name, line.number), self.metadata_of[name]
        if kind in said:
            line.fail("metadata-twice", f"second {kind} of {show(name)}")
        if self.samples[name]:
            line.fail("metadata-order", f"{kind} of {show(name)} comes after its samples")
        if said and METADATA.index(kind) < METADATA.index(said[-1]):
            line.fail("metadata-order", f"{kind} of {show(name)} comes after its {said[-1]}")
        said.append(kind)
        text = line.rest()
        if kind == "TYPE":
            if text not in OPENMETRICS_ROLES:
                line.fail("type", f"there is no type {show(text)}")
            family.type = text
        elif kind == "UNIT":
            self.unit(line, family, text)
        else:
            family.help = unescape(text, '\\"n', line.number, "help-escape") or None
            if re.search(r'(?<!\\)(?:\\\\)*"', text):
                line.fail("help-escape", "a quote is not escaped")

    def unit(self, line, family, unit):
        if unit and family.type in ("info", "stateset"):
            line.fail("unit", f"a {family.type} has no unit")
        if unit and not family.name.endswith("_" + unit):
            line.fail("unit", f"{show(family.name)} does not end in the unit {show(unit)}")
        family.unit = unit or None

    def sample(self, line):
        name, labels = line.series()
        line.blank("the value")
        text = line.word("the value")
        sample = Sample(name, labels, text, parse_number(text, line.number), line.number)
        if not line.done() and not line.text.startswith(" # ", line.at):
            sample.timestamp = self.timestamp(line)
        if not line.done():
            if not line.take(" # {"):
                line.fail("token", "something follows the sample")
            sample.exemplar = self.exemplar(line)
        family = self.current
        belongs = family and name.startswith(family.name) and \
            name[len(family.name):] in OPENMETRICS_ROLES[family.type]
        if not belongs:
            if family and name == family.name:
                line.fail("suffix", f"a {family.type} has no sample {show(name)}")
            check_not_left(name, self.families, OPENMETRICS_ROLES, line.number)
            family = self.enter(name, line.number)
        role = OPENMETRICS_ROLES[family.type][name[len(family.name):]]
        if sample.exemplar and (family.type, role) not in WITH_EXEMPLARS:
            line.fail("exemplar-place", f"{show(name)} of a {family.type} has no exemplars")
        self.samples[family.name].append(sample)

    @staticmethod
    def timestamp(line):
        line.blank("the time stamp")
        text = line.word("the time stamp")
        if not TIME.fullmatch(text):
            line.fail("timestamp", f"the time stamp is {show(text)}, no plain decimal number")
        return float(text)

    def exemplar(self, line):
        labels = {} if line.take("}") else line.labels(first=True)
        length = sum(len(name) + len(value) for name, value in labels.items())
        if length > EXEMPLAR_MAX:
            line.fail("exemplar-length", f"the exemplar has {length} characters")
        line.blank("the exemplar's value")
        value = parse_number(line.word("the exemplar's value"), line.number, "the exemplar's value")
        exemplar = Exemplar(labels, value)
        if not line.done():
            exemplar.timestamp = self.timestamp(line)
        if not line.done():
            line.fail("token", "something follows the exemplar")
        return exemplar

    def finish(self):
        for name, family in self.families.items():
            groups = assemble.group(family, self.samples[name], OPENMETRICS_ROLES[family.type], RESERVED_LABELS)
            for group in groups:
                check_times(group)
                family.points.append(POINTS[family.type](family, group))
        check_clashes(self.families, self.lines)
        return list(self.families.values())


# ---- Points of each type -------------------------------------------------------------------------------------------


def check_times(group):
    """All samples of a label set have time stamps or none has, and they do not go back."""
    samples = [sample for role in group.roles for _, sample in group.samples[role]]
    for before, after in zip(samples, samples[1:]):
        if (before.timestamp is None) != (after.timestamp is None):
            raise FormatError("timestamp", after.line, f"some samples of {show_labels(group.labels)} have time stamps")
        if after.timestamp is not None and after.timestamp < before.timestamp:
            raise FormatError("timestamp", after.line, f"time goes back in {show_labels(group.labels)}")


def created_of(group):
    sample = group.one("created")
    if sample is None:
        return None
    if not TIME.fullmatch(sample.text) or sample.value < 0:
        raise FormatError("created", sample.line, f"{sample.name} is {sample.text}, no plain number of seconds")
    return sample.value


def number_point(family, group):
    sample = group.one("value")
    if family.type == "info" and sample.value != 1:
        raise FormatError("info-value", sample.line, f"info {sample.name} is {sample.text}")
    return Point(group.labels, value=sample.value, timestamp=sample.timestamp)


def counter_point(family, group):
    sample = group.one("value")
    if sample is None:
        raise FormatError("created", group.line(), f"{family.name} {show_labels(group.labels)} has no _total")
    if not sample.value >= 0:
        raise FormatError("counter-value", sample.line, f"counter {sample.name} is {sample.text}")
    return Point(group.labels, value=sample.value, exemplar=sample.exemplar, created=created_of(group),
                 timestamp=sample.timestamp)


def stateset_point(family, group):
    point = Point(group.labels, states={})
    for state, sample in group.samples["state"]:
        if sample.value not in (0, 1):
            raise FormatError("state-value", sample.line, f"state {show(state)} of {family.name} is {sample.text}")
        if state in point.states:
            raise FormatError("duplicate", sample.line, f"state {show(state)} of {family.name} is there twice")
        point.states[state] = sample.value
    return point


def histogram_point(family, group):
    point = assemble.histogram_point(group)
    point.created = created_of(group)
    for text, sample in group.samples["bucket"]:
        assemble.check_canonical(text, sample.line, "le")
    is_negative = parse_number(point.buckets[0].le, 0) < 0
    if (point.sum is None) != (point.count is None):
        raise FormatError("sum-and-count", group.line(), f"{family.name} has only one of sum and count")
    if point.sum is None:
        return point
    if is_negative and family.type == "histogram":
        raise FormatError("negative-bucket", group.line(), f"{family.name} has a negative bucket and a sum")
    if math.isnan(point.sum) or (point.sum < 0 and not is_negative):
        raise FormatError("sum-value", group.line(), f"the sum of {family.name} is {show(point.sum)}")
    return point


def summary_point(family, group):
    point = assemble.summary_point(group)
    point.created = created_of(group)
    for text, sample in group.samples.get("quantile", []):
        assemble.check_canonical(text, sample.line, "quantile")
        if sample.value < 0:
            raise FormatError("quantile", sample.line, f"quantile {text} of {family.name} is {sample.text}")
    if point.sum is not None and not point.sum >= 0:
        raise FormatError("sum-value", group.line(), f"the sum of {family.name} is {show(point.sum)}")
    return point


POINTS = {
    "unknown": number_point, "gauge": number_point, "info": number_point, "counter": counter_point,
    "stateset": stateset_point, "histogram": histogram_point, "gaugehistogram": histogram_point,
    "summary": summary_point,
}


# ---- The whole -----------------------------------------------------------------------------------------------------


def check_clashes(families, lines):
    """No family can produce a name that another one can, whether or not it does."""
    taken = {}
    for name, family in families.items():
        for shown in {name} | {name + suffix for suffix in OPENMETRICS_ROLES[family.type]}:
            if shown in taken:
                raise FormatError("clash", lines[name],
                                  f"{show(shown)} is a name of {show(taken[shown])} and {show(name)}")
            taken[shown] = name


def parse(data, quoted=False, reserved=True):
    """The families of an exposition. `quoted`: allow-utf-8; `reserved`: refuse label names with __."""
    reader, number = Reader(), 0
    for number, text in lines_of(data):
        if reader.ended:
            raise FormatError("after-eof", number, "something follows # EOF")
        line = Line(number, text, quoted, reserved)
        if text.startswith("#"):
            reader.metadata(line)
        else:
            reader.sample(line)
    if not reader.ended:
        raise FormatError("eof", number, "there is no # EOF")
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
