#!/usr/bin/env python3
"""Tests of the tests: what is valid parses, what is forbidden is refused for the right reason, sums are right."""

import fractions
import math
import pathlib
import random
import re
import unittest

import examples
import expected
import fake_adapter
import generate
import labels
import mutations
import names
import native
import openmetrics
import protobuf
import references
import text
from check import PARSERS, parse
from model import ESCAPINGS, FormatError, Near, canonical, compare, dump, matches, show
from script import fields_of, line_of
from views import FORMATS, READINGS


class Examples(unittest.TestCase):
    def test_examples_of_the_specification_parse(self):
        for form, data in (("text", examples.TEXT), ("text1", examples.TEXT), ("om", examples.OPENMETRICS),
                           ("proto", examples.PROTO), ("json", examples.JSON), ("csv", examples.CSV)):
            with self.subTest(form=form):
                self.assertTrue(parse(data, form, "underscores"))
        self.assertEqual(text.parse(examples.TEXT_1, quoted=True)[0].points[1].labels, {"queue.name": 'a "b"'})

    def test_empty_expositions_parse(self):
        for form, data in (("text", b""), ("om", b"# EOF\n"), ("proto", b""), ("json", b"[]\n"), ("json", b"[\n]\n"),
                           ("csv", b"name,type,labels,value\r\n")):
            with self.subTest(form=form):
                self.assertEqual(parse(data, form, "underscores"), [])

    def test_parsers_read_what_is_there(self):
        by_name = {family.name: family for family in openmetrics.parse(examples.OPENMETRICS)}
        counter = by_name["jobs_processed"].points[0]
        self.assertEqual(by_name["jobs_processed"].help, 'Jobs done, by "queue".')
        self.assertEqual((counter.value, counter.created), (1027, 1699990000.125))
        self.assertEqual((counter.exemplar.labels, counter.exemplar.value, counter.exemplar.timestamp),
                         ({"trace_id": "4bf92f"}, 1, 1700000000.25))
        histogram = by_name["job_seconds"].points[0]
        self.assertEqual([(bucket.le, bucket.count) for bucket in histogram.buckets],
                         [("0.1", 3), ("1.0", 5), ("+Inf", 6)])
        self.assertEqual((histogram.sum, histogram.count, histogram.created), (7.25, 6, 1699990000.125))
        self.assertEqual(by_name["mode"].points[0].states, {"idle": 0, "busy": 1})
        self.assertEqual(text.parse(examples.TEXT)[0].points[0].labels["path"], "C:\\tmp\nx")
        self.assertEqual(list(dump(protobuf.parse(examples.PROTO))), ['gauge "t" help "h"', "    {} value 1"])

    def test_what_the_fake_adapter_writes_reads_back(self):
        result = expected.run(examples.SCRIPT)
        self.assertFalse(result.unclear or result.must)
        for form in FORMATS:
            for escaping in ESCAPINGS:
                for reading in READINGS:
                    with self.subTest(form=form, escaping=escaping, reading=reading):
                        data = fake_adapter.write(result.families(form, escaping, reading), form)
                        self.assertEqual(result.differences(form, escaping, parse(data, form, escaping)), [])


class Mutations(unittest.TestCase):
    def test_what_mutations_start_from_is_valid(self):
        for raw in mutations.PROTO_VALID:
            self.assertTrue(protobuf.parse(mutations.message(raw)))

    def test_forbidden_things_are_refused_by_their_rule(self):
        for form, rule, data in mutations.all_mutations():
            with self.subTest(form=form, rule=rule, data=data[-200:]):
                with self.assertRaises(FormatError) as caught:
                    PARSERS[form](data, quoted=form == "text1")
                self.assertEqual(caught.exception.rule, rule, str(caught.exception))

    def test_lines_of_text_cannot_be_doubled_moved_or_spaced_otherwise(self):
        result = expected.run(examples.SCRIPT)
        for form in ("text", "om"):
            data = fake_adapter.write(result.families(form, "underscores"), form)
            for what, broken in mutations.of_lines(data):
                with self.subTest(form=form, what=what, data=broken[-300:]):
                    try:
                        found = parse(broken, form, "underscores")
                    except FormatError:
                        continue
                    self.assertTrue(result.differences(form, "underscores", found), what)

    def test_no_byte_of_an_exposition_is_without_effect(self):
        result = expected.run(examples.SCRIPT)
        chance = random.Random(7)
        for form in FORMATS:
            data = fake_adapter.write(result.families(form, "underscores"), form)
            meaning = rounded(parse(data, form, "underscores"))
            for at in range(chance.randrange(3), len(data), 3):
                broken = data[:at] + bytes([data[at] ^ 1 << chance.randrange(7)]) + data[at + 1:]
                with self.subTest(form=form, at=at, around=broken[max(at - 20, 0): at + 20]):
                    try:
                        found = parse(broken, form, "underscores")
                    except FormatError:
                        continue
                    self.assertTrue(result.differences(form, "underscores", found) or rounded(found) == meaning)

    def test_no_beginning_of_an_exposition_is_valid(self):
        result = expected.run(examples.SCRIPT)
        for form in ("om", "proto", "json"):
            data = fake_adapter.write(result.families(form, "underscores"), form)
            for end in range(len(data)):
                with self.subTest(form=form, end=end):
                    try:
                        found = parse(data[:end], form, "underscores")
                    except FormatError:
                        continue
                    self.assertTrue(form == "proto" and result.differences(form, "underscores", found))


def rounded(families):
    """What families say, less the last digits of times and sums."""
    return re.sub(r"[0-9]+\.[0-9]+", lambda match: f"{float(match[0]):.5f}", "\n".join(dump(families)))


class Numbers(unittest.TestCase):
    def test_bounds_have_one_text(self):
        for number, shown in ((0, "0.0"), (0.005, "0.005"), (1, "1.0"), (2.5, "2.5"), (0.0001, "0.0001"),
                              (100000, "100000.0"), (1e6, "1e+06"), (1500000, "1.5e+06"), (1e10, "1e+10"),
                              (1e-5, "1e-05"), (math.inf, "+Inf"), (-1, "-1.0"), (123456.5, "123456.5"),
                              (1e100, "1e+100"), (5e-324, "5e-324"),
                              (0.1 + 0.2, "0.30000000000000004"), (-2.5e-7, "-2.5e-07"), (999999, "999999.0")):
            self.assertEqual(canonical(number), shown)

    def test_canonical_texts_read_back(self):
        chance = random.Random(1)
        for _ in range(2000):
            number = math.ldexp(chance.random() - 0.5, chance.randint(-1080, 1020))
            self.assertEqual(float(canonical(number)), number)

    def test_numbers_compare_as_numbers(self):
        for one, other in ((math.nan, math.nan), (-0.0, 0), (9007199254740993, 9007199254740992.0), (1, 1.0)):
            self.assertTrue(matches(one, other))
        for one, other in ((1, 2), (math.inf, -math.inf), (math.nan, 0), (None, 0), (1 << 54, (1 << 54) + 3)):
            self.assertFalse(matches(one, other))
        self.assertTrue(matches(Near(0.3, 1e-15), 0.30000000000000004))
        self.assertFalse(matches(Near(0.3, 1e-17), 0.30000000000000004))

    def test_sums_that_are_exact_in_any_order_are_told_from_others(self):
        total = expected.FamilyState(b"counter", b"a_total", b"h", b"", b"", ()).touch((), 1).total
        total.add(0.5)
        total.add(3)
        self.assertEqual(total.shown(), 3.5)
        total.add(0.1)
        self.assertTrue(matches(total.shown(), 3.6))
        self.assertIsInstance(total.shown(), Near)


class NativeHistograms(unittest.TestCase):
    def test_factors_choose_the_schema(self):
        for schema, factor in zip(range(-4, 9), (65536, 256, 16, 4, 2, 1.5, 1.2, 1.1, 1.05, 1.03, 1.02, 1.01, 1.005)):
            self.assertEqual(native.schema_of(factor), schema, factor)
        for factor, schema in ((1.99, 1), (3, 0), (1e9, -4), (1.0001, 8), (1.0027, 8), (17, -2)):
            self.assertEqual(native.schema_of(factor), schema, factor)

    def test_largest_doubles_and_powers_of_two_have_their_index(self):
        for schema in range(-4, 9):
            index = 1024 << schema if schema >= 0 else 1024 >> -schema
            self.assertEqual(native.index_of(math.nextafter(math.inf, 0), schema), index)
            self.assertEqual(native.index_of(math.inf, schema), index + 1)
            self.assertEqual(native.index_of(1.0, schema), 0)
            if schema >= 0:
                self.assertEqual(native.index_of(8.0, schema), 3 << schema)
                self.assertEqual(native.index_of(math.nextafter(8, 9), schema), (3 << schema) + 1)
                self.assertEqual(native.index_of(5e-324, schema), -1074 << schema)

    def test_values_lie_in_their_buckets(self):
        chance = random.Random(2)
        for _ in range(2000):
            value, schema = math.ldexp(0.5 + chance.random() / 2, chance.randint(-300, 300)), chance.randint(-4, 8)
            if not native.near_bound(value, schema):
                index = native.index_of(value, schema)
                self.assertTrue(native.bound_of(index - 1, schema) < value <= native.bound_of(index, schema))

    def test_spans_of_the_specification_decode(self):
        raw = {"positive_span": [{"offset": -1, "length": 4}, {"offset": 6, "length": 1}],
               "positive_delta": [2, 3, -5, 4, -3]}
        self.assertEqual(protobuf.side_of(raw, "positive", "x"), {-1: 2, 0: 5, 2: 4, 9: 1})
        spans, deltas = fake_adapter.spans_of({-1: 2, 0: 5, 2: 4, 9: 1})
        self.assertEqual((spans, deltas), (raw["positive_span"], raw["positive_delta"]))

    def test_too_many_buckets_widen_the_zero_bucket_or_halve_the_resolution(self):
        buckets = native.Buckets(2, 0.0, 2, 0.25)
        for value in (0.2, 1.0, 4.0):
            buckets.observe(value)
        self.assertEqual((buckets.threshold, buckets.zero, buckets.positive), (0.25, 1, {0: 1, 2: 1}))
        buckets.observe(8.0)
        self.assertEqual((buckets.schema, buckets.positive), (-2, {0: 1, 1: 2}))
        self.assertEqual(buckets.zero + sum(buckets.positive.values()), 4)


class Names(unittest.TestCase):
    def test_schemes_escape_as_the_specification_shows(self):
        name = "my.metric/α"
        self.assertEqual([names.escape(name, scheme) for scheme in ESCAPINGS],
                         ["my_metric__", "my_dot_metric____", "U__my_2e_metric_2f__3b1_", name])
        for scheme in ESCAPINGS:
            self.assertEqual(names.escape("legal:name_1", scheme), "legal:name_1")
        self.assertEqual(names.escape("1st_a", "values"), "U___31_st__a")
        self.assertEqual(names.family_in_openmetrics("a.b_total", "counter", "values"), ("U__a_2e_b_", "counter"))

    def test_clashes_are_found_for_all_formats_and_schemes(self):
        for one, other in ((("a_total", "counter"), ("a", "gauge")), (("a_total", "counter"), ("a_created", "gauge")),
                           (("a", "histogram"), ("a_bucket", "gauge")), (("a_info", "info"), ("a", "gauge")),
                           (("a", "gaugehistogram"), ("a_sum", "gauge")), (("a", "summary"), ("a_count", "counter")),
                           (("a.b", "gauge"), ("a_b", "gauge")), (("a.b", "gauge"), ("a_dot_b", "gauge")),
                           (("a.b", "gauge"), ("U__a_2e_b", "gauge")), (("a", "histogram"), ("a_total", "counter"))):
            self.assertTrue(names.clash(one, other) and names.clash(other, one), (one, other))
        for one, other in ((("a_total", "counter"), ("b", "gauge")), (("a", "gauge"), ("a_bucket", "gauge")),
                           (("a", "gauge"), ("a_created", "gauge")), (("a_info", "gauge"), ("a", "gauge"))):
            self.assertFalse(names.clash(one, other), (one, other))


class Labels(unittest.TestCase):
    def test_each_maximal_invalid_part_becomes_one_replacement(self):
        for data, count in ((b"\xff", 1), (b"\xf0\x9f\x98", 1), (b"\xed\xa0\x80", 3), (b"\xc0\x80", 2),
                            (b"\xe2\x28\xa1", 2), (b"\xf4\x90\x80\x80", 4)):
            self.assertEqual(labels.repair(data).count("\ufffd"), count, data)
        self.assertEqual(labels.repair(b"a\0b"), "a\0b")

    def test_long_values_are_cut_at_a_character_and_marked(self):
        self.assertEqual(labels.repair(b"h" * 1024), "h" * 1024)
        shown = labels.repair("é".encode() * 2000)
        self.assertEqual((len(shown.encode()), shown[:504]), (1024, "é" * 504))

    @unittest.skipIf(not (golden := pathlib.Path(__file__).parent.with_name("golden") / "everything.txt").exists(), "")
    def test_the_mark_is_the_one_that_the_library_writes(self):
        self.assertIn(labels.repair(b"h" * (1 << 20)).encode(), self.golden.read_bytes())


class Scripts(unittest.TestCase):
    def test_fields_are_escaped_and_back(self):
        fields = [b"op", b"a\tb", b"\\\n\r\x00\xff", "é".encode()]
        self.assertEqual(fields_of(line_of(fields)), fields)

    def test_generated_scripts_are_clear_and_the_same_again(self):
        for seed in range(20):
            script, result = generate.generate(seed)
            self.assertEqual(script, generate.generate(seed)[0])
            self.assertFalse(result.unclear)

    def test_differences_say_where_and_what(self):
        wanted = expected.run(examples.SCRIPT).families("text", "underscores")
        other = expected.run(examples.SCRIPT.replace(b"inc\t1\tfax", b"inc\t2\tfax")).families("text", "underscores")
        found = text.parse(fake_adapter.write(other, "text"))
        self.assertEqual(compare(wanted, found), ['family "jobs_total" {queue="fax"}: value is 2, expected 1'])

    def test_values_are_shown_alike(self):
        self.assertEqual([show(value) for value in (1.0, math.nan, -math.inf, 'a"\n', fractions.Fraction(1))],
                         ["1", "NaN", "-Inf", '"a\\u{22}\\u{a}"', "Fraction(1, 1)"])


class References(unittest.TestCase):
    def test_reference_parsers_agree_where_they_are_installed(self):
        missing = list(references.missing())
        if missing:
            print("\n".join(missing))
        result = expected.run(examples.SCRIPT)
        for form in ("text", "om", "proto"):
            data = fake_adapter.write(result.families(form, "underscores"), form)
            self.assertEqual(list(references.check(form, data, parse(data, form, "underscores"), is_legacy=True)), [])
        data = fake_adapter.write(result.families("text", "underscores"), "text")
        self.assertEqual(list(references.promtool(data)), [])


if __name__ == "__main__":
    unittest.main()
