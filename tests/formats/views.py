"""From a registry to the families that each format shows of it: mappings of types, names, and what is left out.

What the specification leaves open, and how it is read here; an adapter has to keep to one Reading:
  - A histogram with a factor and without buckets is native alone, so that the text formats show its +Inf bucket, sum
    and count, or (`classic`) has the default buckets as well.
  - `_total` and `_info` are escaped together with the name before them, or (`apart`) left as they are; a unit that the
    first of it moves away from the end of the name is left out.
  - An exemplar without a time may be shown with the time at which it was recorded.
  - A native histogram's exemplars in protobuf may stand in its list, in its classic buckets, or both.
"""

import dataclasses
import math

import names
from model import Bucket, Choice, Family, Point, Time, canonical

FORMATS = ("text", "text1", "om", "proto", "json", "csv")
TEXT_TYPES = {"unknown": "untyped", "info": "gauge", "stateset": "gauge", "gaugehistogram": "histogram"}
CREATED = ("counter", "histogram", "summary")


@dataclasses.dataclass(frozen=True)
class Reading:
    apart: bool = False
    classic: bool = False


READINGS = tuple(Reading(apart, classic) for apart in (False, True) for classic in (False, True))


class View:
    """One format with one escaping."""

    def __init__(self, registry, form, escaping, reading):
        self.registry, self.form, self.escaping, self.reading = registry, form, escaping, reading

    def families(self):
        for family in self.registry.families.values():
            shown = self.family(family)
            if shown.points or self.form not in ("proto", "csv"):
                yield shown

    def family(self, family):
        name, kind = names.shown_name(family.name, family.type, self.escaping, self.reading.apart), family.type
        if self.form == "om":
            name, kind = names.family_in_openmetrics(family.name, family.type, self.escaping, self.reading.apart)
        elif self.form in ("text", "text1"):
            kind = TEXT_TYPES.get(kind, kind)
        elif self.form == "proto" and kind != "gaugehistogram":
            kind = TEXT_TYPES.get(kind, kind)
        elif self.form == "csv":
            kind = Choice(kind, TEXT_TYPES.get(kind, kind))
        shown = Family(name, kind, family.help, family.unit or None)
        if self.form in ("text", "text1", "csv"):
            shown.unit = None
        elif family.unit and not (names.without(name, "_total") or name).endswith("_" + family.unit):
            shown.unit = None if self.form == "om" else Choice(None, family.unit)
        if self.form == "csv":
            shown.help = None
        shown.in_order = family.type in ("histogram", "gaugehistogram", "summary") and not family.reordered
        for series in family.series.values():
            shown.points += self.points(family, series)
        return shown

    def points(self, family, series):
        labels = dict(zip((self.label(name) for name in family.labels), series.values))
        labels |= {self.label(name): value for name, value in family.constants}
        point = Point(labels)
        if family.type == "stateset":
            return self.stateset(family, series, point)
        getattr(self, family.type)(family, series, point)
        if family.type in CREATED and self.registry.created and self.form in ("om", "proto", "json"):
            point.created = Time(series.created)
        if family.type == "gaugehistogram" and self.registry.created and self.form in ("proto", "json"):
            point.created = Choice(None, Time(series.created))
        if self.form == "om" and family.type == "counter" and names.without(family.name, "_total") is None:
            point.created = point.exemplar = None  # of type unknown
        if self.form == "om" and family.type == "summary" and point.count is None and point.created is None:
            point.optional = True
        return [point]

    def label(self, name):
        return names.escape(name, self.escaping, label=True)

    def has_exemplars(self):
        return self.form in ("om", "proto", "json")

    # ---- Types

    def counter(self, _, series, point):
        point.value = series.total.shown()
        if self.has_exemplars():
            point.exemplar = series.exemplar if self.form != "json" else Choice(None, series.exemplar)

    @staticmethod
    def gauge(_, series, point):
        point.value = series.value

    unknown = gauge

    @staticmethod
    def info(_family, _series, point):
        point.value = 1

    def stateset(self, family, series, point):
        if self.form in ("om", "json"):
            point.states = dict(series.states)
            return [point]
        label = self.label(family.name)
        return [Point({**point.labels, label: state}, value=value) for state, value in series.states.items()]

    def summary(self, _, series, point):
        point.sum, point.count = series.total.shown(), series.count
        if self.form == "om" and not is_sum(point.sum):
            point.sum = None  # the count may stay
            point.variants = ({"count": None},)
        elif self.form == "om" and series.has_negative:
            point.variants = ({"sum": None, "count": None}, {"sum": None})

    def histogram(self, family, series, point):
        point.sum, point.count = series.total.shown(), series.count
        point.buckets, cumulative = [], 0
        is_alone = family.native and "buckets" not in family.options and not self.reading.classic
        for bound, count, exemplar in zip([*family.bounds, math.inf], series.counts, series.exemplars):
            cumulative += count
            if not is_alone or bound == math.inf:
                exemplar = self.bucket_exemplar(series, exemplar, is_alone)
                point.buckets.append(Bucket(canonical(bound), cumulative, exemplar))
        if series.native and self.form in ("proto", "json"):
            point.native = series.native.shown(series.recorded)
        if self.form == "om":
            self.leave_out_sum(family, series, point)

    gaugehistogram = histogram

    def bucket_exemplar(self, series, exemplar, is_alone):
        if not self.has_exemplars():
            return None
        if is_alone:
            return Choice(None, *series.recorded)
        return Choice(None, exemplar) if self.form == "json" or series.native and self.form == "proto" else exemplar

    @staticmethod
    def leave_out_sum(family, series, point):
        """OpenMetrics has no negative or NaN sum, no sum beside negative bounds, and no count without a sum."""
        is_negative = bool(family.bounds) and family.bounds[0] < 0
        neither = {"sum": None, "count": None}
        if family.type == "gaugehistogram" and is_negative:
            if isinstance(point.sum, float) and math.isnan(point.sum):
                point.sum = point.count = None
            point.variants = (neither,)
        elif is_negative or not is_sum(point.sum):
            point.sum = point.count = None
        elif series.has_negative:
            point.variants = (neither,)


def is_sum(total):
    """Whether a total is one that OpenMetrics allows."""
    value = getattr(total, "value", total)
    return isinstance(value, (int, float)) and value >= 0


def families(registry, form, escaping, reading=READINGS[0]):
    return list(View(registry, form, escaping, reading).families())
