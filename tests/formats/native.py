"""Native histograms: which bucket a value falls into, the choice of the schema, and the limit on the number of buckets.

Exact where the format is exact: bounds are compared as fractions, never through log(). At bounds that are no powers of
two published tables differ in the last bits, so `near_bound` says which values a test has to stay clear of.
"""

import fractions
import functools
import math

from model import Native

DEFAULT_ZERO_THRESHOLD = 2.0 ** -128
DEFAULT_MAX_BUCKETS = 160
LOWEST, HIGHEST = -4, 8
LARGEST = math.nextafter(math.inf, 0)


def schema_of(factor):
    """The smallest resolution whose growth factor 2^(2^-n) is not above the one asked for."""
    exact = fractions.Fraction(factor)
    for schema in range(LOWEST, HIGHEST + 1):
        fits = exact >= 2 ** (1 << -schema) if schema <= 0 else exact ** (1 << schema) >= 2
        if fits:
            return schema
    return HIGHEST


@functools.lru_cache(4096)
def index_of(value, schema):
    """The bucket of a positive value: (base^(i-1), base^i]. Infinity follows the largest finite double."""
    if math.isinf(value):
        return index_of(LARGEST, schema) + 1
    mantissa, exponent = math.frexp(value)
    if schema <= 0:
        power = exponent - 1 if mantissa == 0.5 else exponent
        return (power + (1 << -schema) - 1) >> -schema
    steps = 1 << schema
    within = fractions.Fraction(mantissa) * 2  # in [1, 2): the smallest j with within <= 2^(j / steps)
    guess = min(steps, max(0, math.ceil(math.log2(within) * steps)))
    while guess > 0 and within ** steps <= 2 ** (guess - 1):
        guess -= 1
    while within ** steps > 2 ** guess:
        guess += 1
    return guess + (exponent - 1) * steps


def bound_of(index, schema):
    """The upper bound of a bucket, within an ulp or two."""
    if schema <= 0:
        power = index << -schema
    else:
        power = index / (1 << schema)
    return math.inf if power >= 1024 else 2.0 ** power if power > -1075 else 0.0


def near_bound(value, schema):
    """Whether the last bits of a bound decide on the bucket of this value."""
    value = abs(value)
    if schema <= 0 or value in (0, LARGEST, math.inf) or math.frexp(value)[0] == 0.5:
        return False
    low, high = value * (1 - 2.0 ** -46), min(value * (1 + 2.0 ** -46), LARGEST)
    if low == value:  # subnormal
        return True
    return index_of(low, schema) != index_of(high, schema)


class Buckets:
    """The native part of one series, and what Prometheus' Go library does when it has too many buckets."""

    def __init__(self, factor, zero_threshold, max_buckets, max_zero):
        self.initial = schema_of(factor)
        self.schema = self.initial
        self.threshold = DEFAULT_ZERO_THRESHOLD if zero_threshold is None else zero_threshold
        self.max_buckets = DEFAULT_MAX_BUCKETS if max_buckets is None else max_buckets
        self.max_zero = max_zero or 0.0
        self.zero = 0
        self.positive, self.negative = {}, {}
        self.unclear = False  # a value came too close to a bound

    def observe(self, value):
        if abs(value) <= self.threshold:
            self.zero += 1
            return
        self.unclear |= near_bound(value, self.schema)
        side = self.positive if value > 0 else self.negative
        index = index_of(abs(value), self.schema)
        side[index] = side.get(index, 0) + 1
        while self.max_buckets and len(self.positive) + len(self.negative) > self.max_buckets:
            if not self.widen() and not self.halve():
                return

    def widen(self):
        """Let the zero bucket take in the populated buckets that are closest to zero."""
        closest = min([*self.positive, *self.negative])
        threshold = bound_of(closest, self.schema)
        if threshold > self.max_zero:
            return False
        self.threshold = threshold
        self.zero += self.positive.pop(closest, 0) + self.negative.pop(closest, 0)
        return True

    def halve(self):
        if self.schema == LOWEST:
            return False
        self.schema -= 1
        self.positive, self.negative = merged(self.positive), merged(self.negative)
        return True

    def shown(self, exemplars):
        return Native(self.schema, self.threshold, self.zero, dict(self.positive), dict(self.negative), list(exemplars))


def merged(side):
    """Two buckets become one: index i becomes ceil(i / 2)."""
    out = {}
    for index, count in side.items():
        out[index + 1 >> 1] = out.get(index + 1 >> 1, 0) + count
    return out
