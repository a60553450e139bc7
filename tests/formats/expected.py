#!/usr/bin/env python3
"""What has to come out of an adapter script: an interpreter of the script language in Python.

    expected.py FORMAT ESCAPING < script     prints the families and the lines that have to be refused

`run` gives a Result: the registry at the end, the lines that must and those that may be reported as refused, and those
whose meaning is open (`unclear`; nothing can be expected of such a script). `views.py` makes families of it.
"""

import math
import sys

import views
from families import FamilyState, Ineffective, Refused, Unclear, decoded, number_of, pairs_of
from model import Choice, Exemplar, Time, compare, dump
from names import LABEL, escape, is_legacy
from script import fields_of

FIRST_TIME = 1700000000.125
EXEMPLAR_MAX = 128


class Registry:
    """The state of a script, line by line."""

    def __init__(self):
        self.families = {}  # name -> FamilyState, in the order of registration
        self.clock = FIRST_TIME
        self.created = True
        self.reordered = False  # a family went and came: the order of families is open
        self.gone = set()
        self.must, self.may, self.unclear = set(), set(), {}
        self.number = 0

    def line(self, raw):
        """Do what a line of bytes says."""
        self.number += 1
        fields = fields_of(raw)
        if not fields:
            return
        action = getattr(self, f"do_{fields[0].decode('ascii', 'replace')}", None)
        try:
            if action is None:
                raise Unclear("there is no such line")
            action(*fields[1:])
        except Refused:
            self.must.add(self.number)
        except Ineffective:
            self.may.add(self.number)
        except (Unclear, TypeError) as why:
            self.unclear[self.number] = str(why)

    # ---- Lines

    def do_new(self, kind, name, text, unit, label_names, *options):
        family = FamilyState(kind, name, text, unit, label_names, options)
        family.check_clashes(self.families.values())
        self.reordered |= family.name in self.gone
        self.families[family.name] = family
        if not family.labels:
            family.touch((), self.clock)

    def do_unregister(self, name):
        family = self.family(name)
        del self.families[family.name]
        self.gone.add(family.name)

    def do_time(self, seconds):
        clock = float(number_of(seconds.decode("ascii", "replace")))
        if not 0 < clock < 1e10:
            raise Unclear("a time far off")
        self.clock = clock

    def do_created(self, switch):
        if switch not in (b"on", b"off"):
            raise Unclear("on or off")
        self.created = switch == b"on"

    def do_op(self, name, verb, arg, *values):
        self.act(name, verb, arg, values, None)

    def do_ex(self, name, verb, arg, pairs, stamp, *values):
        self.act(name, verb, arg, values, self.exemplar(pairs, stamp))

    # ---- Series

    def family(self, name):
        family = self.families.get(name.decode("utf-8", "replace"))
        if family is None:
            raise Ineffective("there is no such family")
        return family

    def exemplar(self, pairs, stamp):
        """A function from the value to the exemplar, or to None if it breaks a rule."""
        if b"\0" in pairs:
            raise Unclear("a NUL in an exemplar")
        try:
            items = pairs_of(decoded(pairs, "exemplar"), ";")
        except Refused as why:
            raise Unclear(why) from None
        if stamp:
            timestamp = Time(float(number_of(stamp.decode("ascii", "replace"))))
            if not 0 < timestamp.value < 1e10:
                raise Unclear("a time far off")
        else:
            timestamp = Choice(None, Time(self.clock))  # it may be told when it was recorded
        names = [name for name, _ in items]
        if any(not LABEL.fullmatch(name) or not value for name, value in items):
            raise Unclear("an exemplar's label")
        length = sum(len(name) + len(value) for name, value in items)
        is_valid = len(set(names)) == len(names) and length <= EXEMPLAR_MAX
        return lambda value: Exemplar(dict(items), value, timestamp) if is_valid else None

    def act(self, name, verb, arg, values, exemplar):
        family = self.family(name)
        verb = verb.decode("ascii", "replace")
        if verb == "clear":
            self.clear(family)
            return
        key = family.key_of(values)
        if verb == "remove":
            self.remove(family, key)
            return
        allowed = VERBS[family.type]
        if exemplar and (family.type, verb) not in WITH_EXEMPLARS:
            raise Unclear(f"an exemplar for {verb} on a {family.type}")
        if verb == "init":
            family.touch(key, self.clock)
            return
        is_new = key not in family.series
        try:
            if verb not in allowed:
                raise Ineffective(f"{verb} on a {family.type}")
            allowed[verb](self, family, key, arg.decode("utf-8", "surrogateescape"), exemplar)
        except (Ineffective, Refused):
            if is_new:
                raise Unclear("whether a series is there after an update that failed") from None
            raise

    def remove(self, family, key):
        if not family.labels:
            raise Unclear("removing the one series of a family")
        if key not in family.series:
            raise Refused("there is no such series")
        del family.series[key]
        family.reordered = True

    def clear(self, family):
        if not family.labels:
            raise Unclear("removing the one series of a family")
        if not family.series:
            raise Ineffective("there is nothing to clear")
        family.series.clear()
        family.reordered = True

    def add_to_counter(self, family, key, arg, exemplar):
        amount = number_of(arg) if arg else 1
        if not amount >= 0 or math.isinf(amount):
            raise Ineffective("a counter only grows")
        series = family.touch(key, self.clock)
        if amount + series.total.exact >= 1 << 64:
            raise Unclear("more than 64 bits")
        series.total.add(amount)
        recorded = exemplar(amount) if exemplar else None
        if recorded:
            series.exemplar = recorded
        elif exemplar:
            self.may.add(self.number)  # the exemplar is dropped, the events count

    def add_to_gauge(self, family, key, arg, _, sign=1):
        series = family.touch(key, self.clock)
        series.value += sign * float(number_of(arg) if arg else 1)

    def subtract_from_gauge(self, family, key, arg, _):
        self.add_to_gauge(family, key, arg, None, sign=-1)

    def set_gauge(self, family, key, arg, _):
        family.touch(key, self.clock).value = float(number_of(arg))

    def observe(self, family, key, arg, exemplar):
        value = float(number_of(arg))
        if math.isnan(value):
            raise Ineffective("NaN is dropped")
        series = family.touch(key, self.clock)
        recorded = exemplar(value) if exemplar else None
        series.observe(family, value, recorded)
        if series.native and series.native.unclear:
            raise Unclear("a value at a bound of the native buckets")
        if exemplar and not recorded:
            self.may.add(self.number)

    def set_state(self, family, key, arg, _):
        state, equals, value = arg.rpartition("=")
        if not equals or value not in ("0", "1"):
            raise Unclear("a state is NAME=0 or NAME=1")
        if state not in family.states:
            raise Refused("there is no such state")
        family.touch(key, self.clock).states[state] = int(value)


GAUGE = {"inc": Registry.add_to_gauge, "dec": Registry.subtract_from_gauge, "set": Registry.set_gauge}
OBSERVED = {"observe": Registry.observe}
VERBS = {
    "counter": {"inc": Registry.add_to_counter}, "gauge": GAUGE, "unknown": GAUGE, "histogram": OBSERVED,
    "gaugehistogram": OBSERVED, "summary": OBSERVED, "info": {}, "stateset": {"state": Registry.set_state},
}
WITH_EXEMPLARS = {("counter", "inc"), ("histogram", "observe"), ("gaugehistogram", "observe")}


class Result:
    """What a script has to lead to."""

    def __init__(self, registry):
        self.registry = registry
        self.must, self.may, self.unclear = registry.must, registry.may, registry.unclear
        self.in_order = not registry.reordered

    def families(self, form, escaping, reading=views.READINGS[0]):
        return views.families(self.registry, form, escaping, reading)

    def differences(self, form, escaping, found):
        """What is wrong with the families that were found, in words; nothing if one reading is content."""
        every = []
        for reading in views.READINGS:
            every.append(compare(self.families(form, escaping, reading), found, self.in_order))
            if not every[-1]:
                break
        return min(every, key=len)

    def names(self, escaping):
        """(name, whether it is one of labels) of all families and labels, as they are shown."""
        for family in self.registry.families.values():
            yield escape(family.name, escaping), False
            if family.type == "stateset":
                yield escape(family.name, escaping, label=True), True
            for name in [*family.labels, *(name for name, _ in family.constants)]:
                yield escape(name, escaping, label=True), True

    def is_legacy(self, escaping):
        """Whether no name needs quotes."""
        return all(is_legacy(name, is_label) for name, is_label in self.names(escaping))

    def has_reserved(self, escaping):
        """Whether escaping makes a label name that begins with __."""
        return any(is_label and name.startswith("__") for name, is_label in self.names(escaping))

    def refusal_differences(self, refused):
        """What is wrong with the lines that were reported as refused, in words."""
        for number in sorted(self.must - refused):
            yield f"line {number} has to be refused"
        for number in sorted(refused - self.must - self.may):
            yield f"line {number} was refused without a reason"


def run(script):
    """Interpret a whole script, as bytes."""
    registry = Registry()
    for raw in script.split(b"\n"):
        registry.line(raw)
    return Result(registry)


def main():
    result = run(sys.stdin.buffer.read())
    for number, why in result.unclear.items():
        print(f"line {number} is unclear: {why}", file=sys.stderr)
    print("\n".join(dump(result.families(*sys.argv[1:3]))))
    print("refused", " ".join(map(str, sorted(result.must))), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
