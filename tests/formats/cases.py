#!/usr/bin/env python3
"""Hand-written cases: scripts and what the adapter has to write for them.

    cases.py ADAPTER [WORD...]     all cases, or those whose titles contain one of the words
    cases.py --self [WORD...]      without an adapter: the cases against the interpreter of scripts

cases/*.txt hold them:

    == A title that states the rule
    new|gauge|a|Help.            the script; a bar is a tab, \\x7c is a bar; empty fields at the end may be missing
    -- text                      what this format has to say, names escaped by underscores; `text` stands for text1 too
    # HELP a Help.               ... in the format itself, compared as families; in OpenMetrics `# EOF` may be left out
    -- proto dots                ... with another escaping; protobuf is written as model.dump() does, one line a point;
                                 buckets beside native ones may be left out
    -- has om                    each line stands in the output literally
    -- lacks om                  none of these texts stands in the output
    ... <<x*1024>> ...           anywhere: a text so many times
    -- refused 2 3               the lines that have to be refused, and no others but those without effect

Besides, the output of each case is parsed strictly and compared with the interpreter's in every format, and in every
escaping if a name needs one. Exit status: 0 all is well, 1 a case failed, 2 wrong usage or a faulty case.
"""

import functools
import multiprocessing
import os
import pathlib
import re
import sys

import check
import expected
import fake_adapter
from model import ESCAPINGS, FormatError, compare, dump

PLACE = pathlib.Path(__file__).with_name("cases")
REPEATED = re.compile(r"<<(.+?)\*([0-9]+)>>")
FIELDS = {"new": 6, "op": 4, "ex": 6}  # at least
FORMATS = ("text", "text1", "om", "proto")


class Faulty(Exception):
    """A case that cannot be used."""


class Case:
    def __init__(self, where, title):
        self.where, self.title = where, title
        self.script = b""
        self.blocks = []      # (format, escaping, lines)
        self.literals = []    # (has or lacks, format, escaping, lines)
        self.refused = set()

    def begin(self, words):
        """The list that the lines after `-- words` go to."""
        kind = words[0] if words[0] in ("has", "lacks", "refused") else "is"
        if kind == "refused":
            self.refused = set(map(int, words[1:]))
            return []
        form, *escapings = words if kind == "is" else words[1:]
        if form not in FORMATS or any(escaping not in ESCAPINGS for escaping in escapings):
            raise Faulty(f"{self.where}: there is no format or escaping {' '.join(words)!r}")
        lines = []
        for one in ("text", "text1") if form == "text" else (form,):
            for escaping in escapings or ["underscores"]:
                if kind == "is":
                    self.blocks.append((one, escaping, lines))
                else:
                    self.literals.append((kind, one, escaping, lines))
        return lines


def read(path):
    """The cases of a file."""
    cases, lines = [], None
    text = REPEATED.sub(lambda match: match[1] * int(match[2]), path.read_text(encoding="utf-8"))
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("== "):
            cases.append(Case(f"{path.name}:{number}", line[3:]))
            lines = None
        elif line.startswith("-- "):
            lines = cases[-1].begin(line[3:].split())
        elif not cases or not line:
            continue
        elif lines is None:
            fields = line.split("|")
            fields += [""] * (FIELDS.get(fields[0], 0) - len(fields))
            cases[-1].script += "\t".join(fields).encode() + b"\n"
        else:
            lines.append(line)
    return cases


def wanted_families(form, escaping, lines):
    text = "".join(line + "\n" for line in lines)
    if form == "om" and not text.endswith("# EOF\n"):
        text += "# EOF\n"
    return check.parse(text.encode(), form, escaping, reserved=False)


def block_differences(form, escaping, lines, found):
    """What a block of the case says against families."""
    if form == "proto":
        have = {line: {line, re.sub(r"buckets \[.*?\]; (.*native)", r"\1", line)} for line in dump(found)}
        every = set().union(*have.values())
        return [f"missing: {line}" for line in lines if line not in every] + \
            [f"not expected: {line}" for line, forms in have.items() if not forms & set(lines)]
    return compare(wanted_families(form, escaping, lines), found)


def literal_differences(kind, lines, output):
    for line in lines:
        data = line.encode()
        if kind == "has" and data not in output.split(b"\n"):
            yield f"there is no line {line}"
        if kind == "lacks" and data in output:
            yield f"there should be no {line}"


def fake_run(_, script, form, escaping):
    """In place of check.run_adapter: the interpreter is the adapter."""
    result = expected.run(script)
    return fake_adapter.write(result.families(form, escaping), form), set(result.must), []


def problems_of(adapter, case):
    """What is wrong, as (format, escaping, words)."""
    result = expected.run(case.script)
    if result.unclear:
        raise Faulty(f"{case.where}: {result.unclear}")
    if result.must != case.refused:
        raise Faulty(f"{case.where}: refused {sorted(case.refused)}, the interpreter says {sorted(result.must)}")
    runner = check.run_adapter if adapter else fake_run
    for form in FORMATS:
        for escaping in escapings_of(case, result, form):
            made = check.attempt(adapter, case.script, form, escaping, result, runner)
            if made.differences:
                yield form, escaping, str(made)
                continue
            for block_form, block_escaping, lines in case.blocks:
                if (block_form, block_escaping) == (form, escaping):
                    for words in block_differences(form, escaping, lines, made.found):
                        yield form, escaping, words
            for kind, block_form, block_escaping, lines in case.literals:
                if (block_form, block_escaping) == (form, escaping):
                    for words in literal_differences(kind, lines, made.output):
                        yield form, escaping, words


def escapings_of(case, result, form):
    if not result.is_legacy("allow-utf-8"):
        return ESCAPINGS
    named = {escaping for one, escaping, _ in case.blocks if one == form}
    named |= {escaping for _, one, escaping, _ in case.literals if one == form}
    return [escaping for escaping in ESCAPINGS if escaping in named or escaping == "underscores"]


def outcome(adapter, case):
    """(case, problems, why it is faulty)."""
    try:
        return case, list(problems_of(adapter, case)), None
    except (Faulty, FormatError) as why:
        return case, [], f"{case.where}: {why}"


def chosen(words):
    cases = [case for path in sorted(PLACE.glob("*.txt")) for case in read(path)]
    return [case for case in cases if not words or any(word.lower() in case.title.lower() for word in words)]


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    adapter = None if sys.argv[1] == "--self" else os.path.abspath(sys.argv[1])
    try:
        cases = chosen(sys.argv[2:])
    except Faulty as why:
        print(f"cases: {why}", file=sys.stderr)
        return 2
    failed = faulty = 0
    with multiprocessing.Pool(min(2, os.cpu_count() or 1)) as pool:
        for case, problems, why in pool.imap(functools.partial(outcome, adapter), cases, chunksize=4):
            if why:
                print(why, file=sys.stderr)
                faulty += 1
            if problems:
                failed += 1
                print(f"FAILED {case.where}: {case.title}")
            for form, escaping, words in problems:
                print(f"    {form} {escaping}: {words}")
    print(f"{len(cases) - failed - faulty} cases passed, {failed} failed")
    return 2 if faulty else 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
