"""What the two text formats have in common: lines, names, label sets, escapes, numbers; strictly, with names for rules.

A name of a rule stands in every FormatError. The parsers accept what tacho may write, which is narrower than what
scrapers read: one blank between tokens, no comments, no trailing comma, no empty braces, no escape that is not needed.
"""

import dataclasses
import re

from model import FormatError, show
from names import LABEL, METRIC, is_legacy

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"[+-]?[0-9]+")
SPECIAL = {"NaN": float("nan"), "+Inf": float("inf"), "-Inf": float("-inf")}
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(r"\\(.?)", re.DOTALL)


@dataclasses.dataclass
class Sample:
    name: str
    labels: dict
    text: str  # of the value
    value: float
    line: int
    timestamp: float = None
    exemplar: object = None


def lines_of(data):
    """Yield (number, line) of an exposition."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise FormatError("bom", 1, "there is a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise FormatError("utf-8", line, f"byte {data[problem.start]:#x} is not valid UTF-8") from None
    if text and not text.endswith("\n"):
        raise FormatError("last-line-feed", text.count("\n") + 1, "the last line does not end in a line feed")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        if not line:
            raise FormatError("blank-line", number, "the line is empty")
        yield number, line


def unescape(text, allowed, line, rule):
    def undo(match):
        if match[1] not in allowed or not match[1]:
            raise FormatError(rule, line, f"\\{match[1]} is no escape here")
        return "\n" if match[1] == "n" else match[1]
    return ESCAPE.sub(undo, text) if "\\" in text else text


def parse_number(text, line, what="the value"):
    """A whole number exactly, anything else as a double."""
    if text in SPECIAL:
        return SPECIAL[text]
    if not NUMBER.fullmatch(text):
        raise FormatError("number", line, f"{what} is {show(text)}, which is no number")
    return int(text) if WHOLE.fullmatch(text) else float(text)


def check_count(sample):
    """Counts are whole and not negative, and are written without a point."""
    if not re.fullmatch(r"[0-9]+", sample.text):
        raise FormatError("count", sample.line, f"{sample.name} is {sample.text}, which is no count")


def check_not_left(name, families, roles, line):
    """A sample that is about to begin a family of its own does not belong to one that ended."""
    for at in range(len(name), 0, -1):
        family = families.get(name[:at])
        if family and name[at:] in roles[family.type]:
            raise FormatError("contiguous", line, f"{show(name)} belongs to {show(family.name)}, which ended before")


class Line:
    """Reads one line from left to right."""

    def __init__(self, number, text, quoted, reserved):
        self.number, self.text, self.at = number, text, 0
        self.quoted = quoted      # names outside the legacy set stand in quotes
        self.reserved = reserved  # label names that begin with __ are refused

    def fail(self, rule, message):
        raise FormatError(rule, self.number, f"{message} (column {self.at + 1} of {show(self.text)})")

    def match(self, pattern):
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self, token):
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def rest(self):
        text, self.at = self.text[self.at:], len(self.text)
        return text

    def word(self, what):
        """Up to the next blank or the end."""
        end = self.text.find(" ", self.at)
        word = self.text[self.at: end if end >= 0 else len(self.text)]
        if not word:
            self.fail("token", f"{what} is missing")
        self.at += len(word)
        return word

    def string(self, what):
        found = self.match(QUOTED)
        if not found:
            self.fail("quotes", f"{what} is not in quotes, or they do not end")
        return unescape(found[1], '\\"n', self.number, "label-escape")

    def quoted_name(self, what, label):
        """A name in quotes, which has to be one that needs them."""
        if not self.quoted:
            self.fail("quoted-name", f"{what} is in quotes, which this format or escaping does not have")
        name = self.string(what)
        if not name:
            self.fail("empty-name", f"{what} is empty")
        if is_legacy(name, label):
            self.fail("needless-quotes", f"{what} {show(name)} needs no quotes")
        return name

    def family_name(self):
        """As in HELP, TYPE and UNIT."""
        if self.text.startswith('"', self.at):
            return self.quoted_name("the metric name", label=False)
        found = self.match(METRIC)
        if not found:
            self.fail("metric-name", "a metric name is expected")
        return found[0]

    def series(self):
        """The name and the labels of a sample."""
        found = self.match(METRIC)
        name = found[0] if found else None
        if self.take("{"):
            if self.take("}"):
                self.fail("empty-braces", "the braces are empty")
            if name is None:
                name = self.quoted_name("the metric name", label=False)
                labels = self.labels(first=False)
            else:
                labels = self.labels(first=True)
            return name, labels
        if name is None:
            self.fail("metric-name", "a metric name is expected")
        return name, {}

    def labels(self, first):
        """From inside the braces to behind them; `first`: a label has to come, without a comma before it."""
        labels = {}
        while first or not self.take("}"):
            if not first and not self.take(","):
                self.fail("labels", "a comma or a brace is expected")
            first = False
            if self.text.startswith('"', self.at):
                name = self.quoted_name("the label name", label=True)
            else:
                found = self.match(LABEL)
                if not found:
                    self.fail("label-name", "a label name is expected")
                name = found[0]
            if not self.take("="):
                self.fail("labels", f"'=' is expected after label {show(name)}")
            value = self.string(f"the value of label {show(name)}")
            if name in labels:
                self.fail("label-twice", f"label {show(name)} is there twice")
            if self.reserved and name.startswith("__"):
                self.fail("reserved-label", f"label {show(name)} begins with __")
            labels[name] = value
        return labels

    def blank(self, what):
        if not self.take(" "):
            self.fail("token", f"one blank is expected before {what}")

    def done(self):
        return self.at == len(self.text)
