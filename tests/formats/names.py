"""Names: what is legal, what the escaping schemes make of the rest, and which names a family takes."""

import functools
import re

from model import ESCAPINGS

METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

# Of OpenMetrics: what follows the family's name in its samples, and what the sample is then.
OPENMETRICS_ROLES = {
    "unknown": {"": "value"},
    "gauge": {"": "value"},
    "counter": {"_total": "value", "_created": "created"},
    "stateset": {"": "state"},
    "info": {"_info": "value"},
    "histogram": {"_bucket": "bucket", "_count": "count", "_sum": "sum", "_created": "created"},
    "gaugehistogram": {"_bucket": "bucket", "_gcount": "count", "_gsum": "sum"},
    "summary": {"": "quantile", "_count": "count", "_sum": "sum", "_created": "created"},
}
TEXT_ROLES = {
    "untyped": {"": "value"},
    "gauge": {"": "value"},
    "counter": {"": "value"},
    "histogram": {"_bucket": "bucket", "_sum": "sum", "_count": "count"},
    "summary": {"": "quantile", "_sum": "sum", "_count": "count"},
}
RESERVED_LABELS = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}


def is_legacy(name, label=False):
    return bool((LABEL if label else METRIC).fullmatch(name))


def escape(name, scheme, label=False):
    """What a scheme makes of a name. One replacement per character; a legal name stays as it is."""
    if scheme == "allow-utf-8" or is_legacy(name, label):
        return name
    legal = re.compile(r"[a-zA-Z0-9_]" if label else r"[a-zA-Z0-9_:]")
    out = ["U__"] if scheme == "values" else []
    for at, char in enumerate(name):
        is_legal = bool(legal.fullmatch(char)) and not (at == 0 and char in "0123456789")
        if scheme == "underscores":
            out.append(char if is_legal else "_")
        elif char == "_":
            out.append("__")
        elif is_legal:
            out.append(char)
        elif scheme == "dots":
            out.append("_dot_" if char == "." else "__")
        else:
            out.append(f"_{ord(char):x}_")
    return "".join(out)


def without(name, suffix):
    """The name less its suffix, or None if it has none or is nothing else."""
    return name[: -len(suffix)] if name.endswith(suffix) and len(name) > len(suffix) else None


def shown_name(name, kind, scheme, apart=False):
    """The escaped name of a family. `apart`: the _total or _info at its end is not escaped along, which is as good."""
    suffix = {"counter": "_total", "info": "_info"}.get(kind)
    base = without(name, suffix) if suffix and apart else None
    return escape(base, scheme) + suffix if base else escape(name, scheme)


def family_in_openmetrics(name, kind, scheme, apart=False):
    """Name and type that a family registered as `name` has in OpenMetrics."""
    shown = shown_name(name, kind, scheme, apart)
    if kind == "counter":
        base = without(shown, "_total")
        return (base, kind) if base else (shown, "unknown")
    if kind == "info":
        return without(shown, "_info") or shown, kind
    return shown, kind


@functools.lru_cache(1024)
def claims(name, kind, apart):
    """For each scheme, all names that a family could show in any format."""
    out = []
    for scheme in ESCAPINGS:
        shown = shown_name(name, kind, scheme, apart)
        family, shown_kind = family_in_openmetrics(name, kind, scheme, apart)
        taken = {shown, family}
        taken |= {family + suffix for suffix in OPENMETRICS_ROLES[shown_kind]}
        if kind in ("histogram", "gaugehistogram"):
            taken |= {shown + suffix for suffix in ("_bucket", "_sum", "_count")}
        out.append((scheme, taken))
    return out


def clash(one, other, apart=False):
    """The (scheme, name) that two families of (name, type) would both show, or None."""
    for (scheme, mine), (_, theirs) in zip(claims(*one, apart), claims(*other, apart)):
        common = mine & theirs
        if common:
            return scheme, min(common)
    return None


def labels_clash(names):
    """Two label names of a family that some scheme writes alike, or None."""
    for scheme in ESCAPINGS:
        seen = {}
        for name in names:
            shown = escape(name, scheme, label=True)
            if shown in seen:
                return seen[shown], name
            seen[shown] = name
    return None
