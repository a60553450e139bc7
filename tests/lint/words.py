"""What does not belong in the tree: work left over, paths of one machine, words about how it was made."""

import re
import subprocess

import _lint

# Written so that this file does not match itself.
RULES = [
    (re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b"), "no work is left over in the tree; do it or open an issue"),
    (re.compile(r"(?<![\w.~$})\]*-])/(wor[k]|hom[e]|roo[t])/"), "no path of one machine; make it relative"),
    (re.compile(r"(?<!APT::)sand[b]ox|sub[a]gent", re.IGNORECASE), "not a word of this project; say what is meant"),
    (re.compile(r"\b(claud[e]|anthropi[c]|openA[I]|chatgp[t]|copilo[t]|ll[m]s?|co-authore[d]-by)\b", re.IGNORECASE),
     "how a text came about is no part of it"),
    (re.compile(r"(?<![\w&#;])(?:issu[e]s?|bug[s]?|PR) #?\d+\b|/\*[^*]*\s#\d+\b"), "numbers of issues lead nowhere; say what it is about"),
]


def tracked():
    git = ["git", "-C", str(_lint.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(git, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        _lint.skip("this is no git checkout")
    return [_lint.root / name for name in names if name]


for path in tracked():
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        continue
    for number, line in enumerate(lines, 1):
        for pattern, advice in RULES:
            if match := pattern.search(line):
                _lint.report(path, number, f"'{match[0]}': {advice}")

_lint.finish()
