#!/usr/bin/env python3
"""What the commands of bench/ do when something is wrong: one clear line, and no number that is not one.

usage: commands.py SOURCE_DIR BUILD_DIR
"""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
BENCH = SOURCE / "bench"
sys.path.insert(0, str(BENCH))
import rows


def load(name):
    """A command of bench/ as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(BENCH / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)


class Benchmark(unittest.TestCase):
    def call(self, *arguments):
        return run(BUILD / "bench" / "tacho_bench", *arguments)

    def test_what_is_unknown_is_said_in_one_line_wherever_it_stands(self):
        for arguments in (["no_such_case"], ["limit_plain_add", "no_such_case"], ["limit_plain_add", "--quikc"],
                          ["--quikc", "limit_plain_add"], ["--list", "no_such_case"], [""]):
            done = self.call(*arguments)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), arguments)

    def test_options_may_stand_behind_names(self):
        self.assertEqual(self.call("counter_inc", "limit_memcpy", "--list").stdout.splitlines(),
                         ["limit_memcpy\t1", "counter_inc\t1", "counter_inc\t2"])

    def test_a_name_given_twice_is_measured_once(self):
        done = self.call("limit_plain_add", "--quick", "limit_plain_add")
        self.assertEqual(list(rows.parse(done.stdout)), [("limit_plain_add", 1, "ns/op")])


class Report(unittest.TestCase):
    def setUp(self):
        self.report = load("report")
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.report.BUILD = pathlib.Path(self.directory.name)
        (self.report.BUILD / "bench").mkdir()

    def build(self, kind, script):
        program = self.report.BUILD / "bench" / "tacho_bench"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        (self.report.BUILD / "CMakeCache.txt").write_text(f"CMAKE_BUILD_TYPE:STRING={kind}\n", encoding="utf-8")

    def refused(self, function, *arguments):
        """What it says when it ends the program, and what it let through."""
        with contextlib.redirect_stderr(io.StringIO()) as errors, self.assertRaises(SystemExit) as end:
            function(*arguments)
        self.assertEqual(str(end.exception).count("\n"), 0)
        return str(end.exception), errors.getvalue()

    def test_it_measures_nothing_but_a_release_build(self):
        self.assertIn("missing", self.refused(self.report.check_build)[0])
        for kind in ("Debug", "RelWithDebInfo", ""):
            self.build(kind, "")
            self.assertIn(f"'{kind}'", self.refused(self.report.check_build)[0])
        self.build("Release", "")
        self.report.check_build()

    def test_a_benchmark_that_fails_is_named_with_what_it_said(self):
        self.build("Release", "echo wrong total >&2; exit 3")
        words, errors = self.refused(self.report.measure, 2, 3)
        self.assertEqual(errors, "wrong total\n")
        self.assertIn("run 2 of 3 failed with status 3", words)

    def test_the_heading_does_without_what_cannot_be_found_out(self):
        self.build("Release", "")
        path, os.environ["PATH"] = os.environ["PATH"], ""
        try:
            lines = self.report.heading(1)
        finally:
            os.environ["PATH"] = path
        self.assertIn("an unknown compiler, Release", lines)
        self.assertEqual(len(lines), 4)

    def test_there_is_at_least_one_run(self):
        for runs in ("0", "-1", "x"):
            done = run(sys.executable, "-B", BENCH / "report", "--runs", runs)
            self.assertEqual(done.returncode, 2)
            self.assertNotIn("Traceback", done.stderr)


class Compare(unittest.TestCase):
    """With peers that are scripts; `$1` of each is the row that it is to measure."""

    def setUp(self):
        self.compare = load("compare")
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.place = self.compare.ROOT = self.compare.PEERS = pathlib.Path(self.directory.name)

    def program(self, title, script):
        path = self.place / title
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        program = self.compare.Program(title, path) if title == "tacho" else self.compare.Peer(title, title)
        program.names = ["one", "two"]
        return program

    def medians(self, script):
        programs = [self.program("tacho", r'printf "$1\t1\t5\tns/op\n"'), self.program("peer", script)]
        with contextlib.redirect_stderr(io.StringIO()):
            return self.compare.compare(programs, ["one", "two"], 3, [])

    def test_a_peer_that_fails_in_one_pass_has_no_value_for_this_row(self):
        script = f'echo "$1" >>{self.place}/calls; [ "$(tail -n +3 {self.place}/calls)" = one ] && exit 1; ' \
                 r'printf "$1\t1\t7\tns/op\n$1\t2\t9\tns/op\n"'
        self.assertEqual(self.medians(script), {
            ("one", 1, "ns/op"): {"tacho": 5}, ("two", 1, "ns/op"): {"tacho": 5, "peer": 7},
            ("two", 2, "ns/op"): {"peer": 9}})

    def test_a_line_that_is_no_row_spoils_the_whole_run(self):
        for line in ("rubbish", r"$1\t1\tfast\tns/op", r"$1\tone\t7\tns/op"):
            script = rf'printf "$1\t1\t7\tns/op\n"; [ "$1" = two ] || printf "{line}\n"'
            self.assertEqual(self.medians(script), {
                ("one", 1, "ns/op"): {"tacho": 5}, ("two", 1, "ns/op"): {"tacho": 5, "peer": 7}})

    def test_a_build_directory_reached_by_another_name_is_still_this_trees(self):
        self.compare.BUILD = self.place
        other = self.place / "other_name"
        other.symlink_to(self.place)
        for home, same in ((self.place, True), (other, True), (self.place / "gone", False), ("", False)):
            (self.place / "CMakeCache.txt").write_text(f"CMAKE_HOME_DIRECTORY:INTERNAL={home}\n", encoding="utf-8")
            self.assertEqual(self.compare.is_build_of_this_tree(), same, home)


class Budgets(unittest.TestCase):
    def test_an_option_is_off_in_every_spelling(self):
        for value in ("", "0", "OFF", "off", "No", "FALSE", "n", "ignore", "NOTFOUND", "x-NOTFOUND"):
            self.assertFalse(rows.is_on(value), value)
        for value in ("1", "ON", "on", "Yes", "TRUE", "y"):
            self.assertTrue(rows.is_on(value), value)

    def test_no_sequences_are_expected_where_the_build_or_the_c_library_has_none(self):
        ask = "import sys; sys.path.insert(0, sys.argv[1]); import budgets; print(budgets.has_sequences(sys.argv[2]))"
        command = [sys.executable, "-B", "-c", ask, SOURCE / "tests" / "budgets"]
        with tempfile.TemporaryDirectory() as build:
            for options in ("RSEQ:BOOL=No", "RSEQ:BOOL=ON\nTACHO_SANITIZE:STRING=thread", "RSEQ:BOOL=ON"):
                (pathlib.Path(build) / "CMakeCache.txt").write_text(f"TACHO_{options}\n", encoding="utf-8")
                done = run("env", "GLIBC_TUNABLES=glibc.pthread.rseq=0", *command, build)
                self.assertEqual(done.stdout, "False\n", done.stderr)
                if options != "RSEQ:BOOL=ON":
                    self.assertEqual(run(*command, build).stdout, "False\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
