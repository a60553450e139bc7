/*
 * num.c - numbers to text and back.
 *
 * Doubles go the way of Raffaello Giulietti's paper "The Schubfach way to render doubles". v = c * 2^q, and
 * the reals that read back as v fill an interval around it, half a step to each side. Let 10^k be the largest
 * power of ten not wider than that interval. Then at most one multiple of 10^(k+1), one digit less than a
 * multiple of 10^k, lies inside; if none does, a neighbour of v among the multiples of 10^k does, and the
 * nearer one inside is the answer. All of it is compared in quarters of 10^k, as integers.
 *   I1  num_scale gives floor(c * 2^q / 10^k), and whether there is a rest, exactly. An entry of the table is
 *       too large by less than one unit and is multiplied by less than 2^60, so a "rest" below 2^60 units of
 *       2^-128 comes from that alone. That no true rest is so small, and that the excess never carries into
 *       the next integer, was computed by continued fractions for each exponent and all significands at once:
 *       do not loosen the comparison, not even to a whole word (8887055249355788 * 2^664 has a rest of
 *       2^-65.4).
 *   I2  An end of the interval reads back as v only if c is even: readers round to even.
 *   I3  Between functions a decimal has seventeen digits, so that the first has a fixed place; `count` says
 *       how many of them are text.
 *   I4  No writer touches out[TACHO__NUM_MAX]: text is at most 24 bytes, and careless stores end by byte 32.
 * Digits are made eight at a time in the bytes of one word, the first in the highest.
 */
#include "num.h"

#include <float.h>
#include <string.h>

#include "num_pow10.h"

_Static_assert(DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024 && sizeof(double) == 8,
               "double is IEEE 754 binary64");

#define NUM_1E8 100000000u
#define NUM_1E16 10000000000000000u
#define NUM_FRACTION 0x000fffffffffffffu
#define NUM_HIDDEN 0x0010000000000000u

/* digits * 10^exponent */
typedef struct num_decimal {
    uint64_t digits;
    int exponent;
} num_decimal;

/* d.ddd * 10^exponent: 1 + 8 + 8 digits, the eights spread; all after the first `count` are zeros. */
typedef struct num_digits {
    uint64_t high, low;
    size_t count;
    int exponent;
    char first;
} num_digits;

/* The digits of n < 10^8, one a byte, the first in the highest byte: 2 lanes of 4 digits, 4 of 2, 8 of 1. */
static inline uint64_t num_spread(uint32_t n)
{
    uint64_t lanes = n + (uint64_t)(n / 10000) * ((UINT64_C(1) << 32) - 10000);
    uint64_t hundreds = ((lanes * 5243) >> 19) & 0x0000007f0000007fu; /* n / 100 for n < 10^4 */
    lanes += hundreds * ((1u << 16) - 100);
    uint64_t tens = ((lanes * 103) >> 10) & 0x000f000f000f000fu; /* n / 10 for n < 100 */
    return lanes + tens * ((1u << 8) - 10);
}

static inline void num_store8(char *out, uint64_t lanes)
{
    lanes = TACHO_HIGHEST_FIRST_64(lanes | 0x3030303030303030u);
    memcpy(out, &lanes, sizeof lanes);
}

/* n < 10^8 without leading zeros; stores eight bytes in any case. */
static char *num_write_head(char *out, uint32_t n)
{
    uint64_t lanes = num_spread(n);
    unsigned zeros = (unsigned)TACHO_LEADING_ZEROS_64(lanes | 1) / 8; /* bytes: a digit takes the lower half of one */
    num_store8(out, lanes << 8 * zeros);
    return out + 8 - zeros;
}

char *tacho__num_write_u64(char *out, uint64_t v)
{
    if (v < NUM_1E8) return num_write_head(out, (uint32_t)v);
    uint64_t high = v / NUM_1E8;
    if (high < NUM_1E8) {
        out = num_write_head(out, (uint32_t)high);
    } else {
        out = num_write_head(out, (uint32_t)(high / NUM_1E8));
        num_store8(out, num_spread((uint32_t)(high % NUM_1E8)));
        out += 8;
    }
    num_store8(out, num_spread((uint32_t)(v % NUM_1E8)));
    return out + 8;
}

char *tacho__num_write_i64(char *out, int64_t v)
{
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    *out = '-';
    return tacho__num_write_u64(out + (v < 0), size);
}

bool tacho__num_read_u64(const char *text, size_t len, uint64_t *out)
{
    uint64_t v = 0;
    if (len == 0) return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (v > UINT64_MAX / 10 || v * 10 > UINT64_MAX - digit) return false;
        v = v * 10 + digit;
    }
    *out = v;
    return true;
}

/* floor(log10(2^q)), or of 3/4 * 2^q if `narrow`, for |q| <= 1100; 400 keeps the shifted number positive. */
static int num_log10_pow2(int q, bool narrow)
{
    int64_t log = (int64_t)q * 1262611 - (narrow ? 524031 : 0) + ((int64_t)400 << 22);
    return (int)(log >> 22) - 400;
}

/* floor(log2(10^k)) for |k| <= 350; 1200 keeps the shifted number positive. */
static int num_log2_pow10(int k)
{
    int64_t log = (int64_t)k * 1741647 + ((int64_t)1200 << 19);
    return (int)(log >> 19) - 1200;
}

/* floor(c * power / 2^128), its lowest bit set also if there is a rest (I1). */
static uint64_t num_scale(const uint64_t power[2], uint64_t c)
{
    uint64_t carry, high;
    uint64_t rest = tacho__mul128(power[1], c, &carry);
    uint64_t low = tacho__mul128(power[0], c, &high);
    low += carry;
    high += low < carry;
    return high | ((low | rest >> 60) != 0);
}

/* The shortest decimal nearest to c * 2^q, c > 0. `narrow`: a power of two, half as wide a step below it. */
static num_decimal num_shortest(uint64_t c, int q, bool narrow)
{
    int k = num_log10_pow2(q, narrow);
    int h = q + num_log2_pow10(-k) + 1;
    const uint64_t *power = num_pow10[-k - NUM_POW10_MIN];
    uint64_t odd = c & 1;
    uint64_t low = num_scale(power, (4 * c - 2 + narrow) << h) + odd; /* I2 */
    uint64_t mid = num_scale(power, (4 * c) << h);
    uint64_t high = num_scale(power, (4 * c + 2) << h) - odd;

    uint64_t near = mid / 4;        /* in units of 10^k */
    uint64_t tens = near / 10 * 10; /* the same, a multiple of 10^(k+1): one digit less */
    bool under = low <= 4 * tens, over = 4 * tens + 40 <= high;
    if (under != over) return (num_decimal){ under ? tens : tens + 10, k };
    under = low <= 4 * near;
    over = 4 * near + 4 <= high;
    if (under == over) over = mid % 4 > 2 || (mid % 4 == 2 && near % 2 == 1);
    return (num_decimal){ near + over, k };
}

/* Bytes of `lanes` that are 0, counted from the lowest up to the first that is not. */
static size_t num_zeros(uint64_t lanes)
{
    uint64_t below = (lanes - 1) & ~lanes; /* ones under the lowest set bit: bit 7 of exactly those bytes */
    return (size_t)((((below >> 7) & 0x0101010101010101u) * 0x0101010101010101u) >> 56);
}

/* 0 < d.digits < 10^17. */
static inline num_digits num_unfold(num_decimal d)
{
    if (d.digits < NUM_1E16) d = (num_decimal){ d.digits * 10, d.exponent - 1 };
    while (d.digits < NUM_1E16) d = (num_decimal){ d.digits * 10, d.exponent - 1 };
    uint32_t nine = (uint32_t)(d.digits / NUM_1E8), first = nine / NUM_1E8;
    uint64_t high = num_spread(nine - first * NUM_1E8), low = num_spread((uint32_t)(d.digits % NUM_1E8));
    size_t count = low ? 17 - num_zeros(low) : 9 - num_zeros(high);
    return (num_digits){ high, low, count, d.exponent + 16, (char)('0' + first) };
}

static inline char *num_write_scientific(char *out, const num_digits *d)
{
    unsigned size = (unsigned)(d->exponent < 0 ? -d->exponent : d->exponent);
    out[0] = d->first;
    out[1] = '.';
    num_store8(out + 2, d->high);
    num_store8(out + 10, d->low);
    out += d->count == 1 ? 1 : d->count + 1;
    *out++ = 'e';
    *out++ = d->exponent < 0 ? '-' : '+';
    if (size >= 100) *out++ = (char)('0' + size / 100);
    *out++ = (char)('0' + size / 10 % 10);
    *out++ = (char)('0' + size % 10);
    return out;
}

/* All digits, a point after the first `point` of them if digits follow, 0 < point <= 21. */
static inline char *num_write_pointed(char *out, const num_digits *d, size_t point)
{
    out[0] = d->first;
    num_store8(out + 1, d->high);
    num_store8(out + 9, d->low);
    num_store8(out + 17, 0);
    if (point >= d->count) return out + point;
    out[point] = '.';
    if (point <= 8) { /* once more behind the point, moved up by the point - 1 digits of `high` before it */
        size_t shift = 8 * (point - 1);
        num_store8(out + point + 1, d->high << shift | d->low >> 1 >> (63 - shift));
        num_store8(out + point + 9, d->low << shift);
    } else {
        num_store8(out + point + 1, d->low << 8 * (point - 9));
    }
    return out + d->count + 1;
}

/* Fixed notation for exponents -4 to limit - 1, limit <= 21. */
static inline char *num_write_digits(char *out, const num_digits *d, int limit)
{
    if (d->exponent < -4 || d->exponent >= limit) return num_write_scientific(out, d);
    if (d->exponent >= 0) return num_write_pointed(out, d, (size_t)d->exponent + 1);
    memcpy(out, "0.000", 5);
    out += 1 - d->exponent;
    out[0] = d->first;
    num_store8(out + 1, d->high);
    num_store8(out + 9, d->low);
    return out + d->count;
}

static char *num_write_special(char *out, bool nan, bool negative)
{
    memcpy(out, nan ? "NaN" : negative ? "-Inf" : "+Inf", 4);
    return out + (nan ? 3 : 4);
}

/* The digits of a finite double with these bits, sign ignored, not 0. */
static num_digits num_decode(uint64_t bits)
{
    uint64_t fraction = bits & NUM_FRACTION;
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0) return num_unfold(num_shortest(fraction, -1074, false));
    return num_unfold(num_shortest(fraction | NUM_HIDDEN, exponent - 1075, fraction == 0 && exponent > 1));
}

static uint64_t num_bits(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof(bits));
    return bits;
}

char *tacho__num_write_double(char *out, double v)
{
    uint64_t bits = num_bits(v), c = (bits & NUM_FRACTION) | NUM_HIDDEN;
    int exponent = (int)(bits >> 52 & 0x7ff), places = 1075 - exponent;
    if (exponent == 0x7ff) return num_write_special(out, (bits & NUM_FRACTION) != 0, bits >> 63);
    *out = '-';
    out += bits >> 63;
    if (places >= 0 && places <= 52 && (c & ((UINT64_C(1) << places) - 1)) == 0)
        return tacho__num_write_u64(out, c >> places);
    if (bits << 1 == 0) return tacho__num_write_u64(out, 0);
    num_digits digits = num_decode(bits);
    return num_write_digits(out, &digits, 21);
}

char *tacho__num_write_bound(char *out, double v)
{
    uint64_t bits = num_bits(v);
    num_digits digits = { .count = 1, .first = '0' };
    if ((bits >> 52 & 0x7ff) == 0x7ff) return num_write_special(out, (bits & NUM_FRACTION) != 0, bits >> 63);
    *out = '-';
    out += bits >> 63;
    if (bits << 1 != 0) digits = num_decode(bits);
    out = num_write_digits(out, &digits, 6);
    if (digits.exponent >= (int)digits.count - 1 && digits.exponent < 6) {
        *out++ = '.';
        *out++ = '0';
    }
    return out;
}
