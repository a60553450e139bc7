"""From the samples of a family, as lines of text have them, to its points; with the rules on order and histograms."""

import math

from lexer import check_count, parse_number
from model import Bucket, FormatError, Point, canonical, show, show_labels

REPEATED = ("bucket", "quantile", "state")


class Group:
    """The samples of one label set while they are read."""

    def __init__(self, labels):
        self.labels = labels
        self.key = frozenset((name, value) for name, value in labels.items() if value)
        self.roles = []    # in the order of appearance, repeated ones once
        self.samples = {}  # role -> [(text of the distinguishing label, sample)]

    def add(self, role, text, sample, order):
        where = f"{sample.name} {show_labels(sample.labels)}"
        if self.roles and self.roles[-1] == role and role in REPEATED:
            self.samples[role].append((text, sample))
            return
        if role in self.samples:
            rule = "sample-order" if role in REPEATED else "duplicate"
            raise FormatError(rule, sample.line, f"{where} is there again")
        if self.roles and order.index(role) < order.index(self.roles[-1]):
            raise FormatError("sample-order", sample.line, f"{where} does not stand before the {self.roles[-1]}")
        if role == "created" and list(self.labels.items()) != list(sample.labels.items()):
            raise FormatError("created-labels", sample.line, f"{where} has its labels in another order")
        self.roles.append(role)
        self.samples[role] = [(text, sample)]

    def one(self, role):
        return self.samples[role][0][1] if role in self.samples else None

    def line(self):
        return self.samples[self.roles[0]][0][1].line


def group(family, samples, roles, reserved_labels):
    """The groups of a family in their order; each is contiguous and has its roles in the order of `roles`."""
    order = list(roles.values())
    groups, seen, current = [], set(), None
    for sample in samples:
        role = roles[sample.name[len(family.name):]]
        labels, text = dict(sample.labels), None
        distinguishing = {"bucket": "le", "quantile": "quantile", "state": family.name}.get(role)
        if distinguishing:
            text = labels.pop(distinguishing, None)
            if text is None:
                raise FormatError("missing-label", sample.line, f"{sample.name} has no label {show(distinguishing)}")
        elif reserved_labels.get(family.type) in labels:
            raise FormatError("reserved-label", sample.line,
                              f"{sample.name} has the label {reserved_labels[family.type]}")
        key = frozenset((name, value) for name, value in labels.items() if value)
        if current is None or key != current.key:
            current = Group(labels)
            if key in seen:
                alone = "duplicate" if role not in REPEATED and len(set(order)) == 1 else "contiguous-labels"
                raise FormatError(alone, sample.line, f"{family.name} {show_labels(labels)} was there before")
            seen.add(key)
            groups.append(current)
        current.add(role, text, sample, order)
    return groups


def buckets_of(group):
    """The buckets of a histogram: rising bounds, counts that do not fall, the last one +Inf."""
    buckets, last = [], None
    for text, sample in group.samples.get("bucket", []):
        check_count(sample)
        bound = parse_number(text, sample.line, "le")
        if math.isnan(bound):
            raise FormatError("le", sample.line, "le is NaN")
        if last is not None and not last < bound:
            raise FormatError("le-order", sample.line, f"le {text} does not rise")
        if buckets and sample.value < buckets[-1].count:
            raise FormatError("cumulative", sample.line, f"bucket {text} is below the one before it")
        if sample.exemplar and not sample.exemplar.value <= bound:
            raise FormatError("exemplar-value", sample.line, f"the exemplar's value is not within bucket {text}")
        last = bound
        buckets.append(Bucket(text, sample.value, sample.exemplar))
    if not buckets or buckets[-1].le != "+Inf":
        raise FormatError("inf-bucket", group.line(), "the last bucket is not +Inf")
    return buckets


def check_canonical(text, line, what):
    number = parse_number(text, line, what)
    if canonical(number) != text:
        raise FormatError("canonical", line, f"{what} is {show(text)}, not {canonical(number)}")
    return number


def histogram_point(group):
    """A point of a histogram or gauge histogram, and its +Inf bucket equal to its count if there is one."""
    point = Point(group.labels, buckets=buckets_of(group))
    count, total = group.one("count"), group.one("sum")
    if count:
        check_count(count)
        if count.value != point.buckets[-1].count:
            raise FormatError("count-is-inf-bucket", count.line,
                              f"{count.name} is {count.text}, its +Inf bucket {point.buckets[-1].count}")
        point.count = count.value
    point.sum = total.value if total else None
    return point


def summary_point(group):
    """A point of a summary; quantiles lie in 0 to 1 and come once."""
    point, seen = Point(group.labels), set()
    for text, sample in group.samples.get("quantile", []):
        rank = parse_number(text, sample.line, "quantile")
        if not 0 <= rank <= 1:
            raise FormatError("quantile", sample.line, f"quantile {text} is not within 0 and 1")
        if rank in seen:
            raise FormatError("duplicate", sample.line, f"quantile {text} is there twice")
        seen.add(rank)
        point.quantiles = (point.quantiles or []) + [(text, sample.value)]
    count, total = group.one("count"), group.one("sum")
    if count:
        check_count(count)
        point.count = count.value
    point.sum = total.value if total else None
    return point


def rising_quantiles(group):
    ranks = [parse_number(text, sample.line) for text, sample in group.samples.get("quantile", [])]
    for (_, sample), before, after in zip(group.samples.get("quantile", [])[1:], ranks, ranks[1:]):
        if not before < after:
            raise FormatError("quantile-order", sample.line, "the quantiles do not rise")
