/*
 * num_judge.c - is the text of a number right?
 *
 * Doubles: the reals that read back as v form one interval, and the text judged lies in it. So if it holds a decimal
 * of fewer digits, it also holds one of the two next to the text that have one digit less: trying these is enough. It
 * needs no rounding, and powers of two, whose interval is lopsided, are no special case.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num_judge.h"

enum { JUDGE_GUARD = 16, JUDGE_FILL = 0x5a, JUDGE_TEXT = 64, SAMPLE_LIMIT = 21, BOUND_LIMIT = 6 };

/* Room of exactly TACHO__NUM_MAX bytes between guards. */
struct judge_box {
    char before[JUDGE_GUARD], out[TACHO__NUM_MAX], after[JUDGE_GUARD];
};

static struct judge_box judge_box(void)
{
    struct judge_box box;
    memset(&box, JUDGE_FILL, sizeof box);
    return box;
}

static struct num_text judge_terminated(const struct judge_box *box, const char *end)
{
    struct num_text result = { "stray bytes" };
    for (int i = 0; i < JUDGE_GUARD; i++)
        if (box->before[i] != JUDGE_FILL || box->after[i] != JUDGE_FILL) return result;
    if (end <= box->out || end > box->after) return result;
    size_t len = (size_t)(end - box->out);
    memcpy(result.text, box->out, len);
    result.text[len] = '\0';
    return result;
}

struct num_text num_text_u64(uint64_t v)
{
    struct judge_box box = judge_box();
    return judge_terminated(&box, tacho__num_write_u64(box.out, v));
}

struct num_text num_text_i64(int64_t v)
{
    struct judge_box box = judge_box();
    return judge_terminated(&box, tacho__num_write_i64(box.out, v));
}

struct num_text num_text_double(double v)
{
    struct judge_box box = judge_box();
    return judge_terminated(&box, tacho__num_write_double(box.out, v));
}

struct num_text num_text_bound(double v)
{
    struct judge_box box = judge_box();
    return judge_terminated(&box, tacho__num_write_bound(box.out, v));
}

uint64_t num_bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

double num_double_of(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

bool num_is_finite(double v)
{
    return (num_bits_of(v) >> 52 & 0x7ff) != 0x7ff;
}

struct num_parts num_parts_of(const char *text)
{
    struct num_parts d = { 0, 0, 0 };
    int zeros = 0, before_point = 0;
    bool pointed = false;
    for (text += *text == '-'; *text && *text != 'e'; text++) {
        if (*text == '.') {
            pointed = true;
            continue;
        }
        if (d.count == 0 && *text == '0') {
            before_point -= pointed;
            continue;
        }
        before_point += !pointed;
        if (*text == '0') {
            zeros++;
            continue;
        }
        for (; zeros > 0; zeros--, d.count++) d.digits *= 10;
        d.digits = d.digits * 10 + (uint64_t)(*text - '0');
        d.count++;
    }
    d.exponent = before_point - 1 + (*text == 'e' ? atoi(text + 1) : 0);
    return d;
}

bool num_parts_equal(const struct num_parts *a, const struct num_parts *b)
{
    return a->digits == b->digits && a->count == b->count && a->exponent == b->exponent;
}

/* The notation promised for these digits: fixed for exponents from -4 to below `limit`; a bound never looks whole. */
static void judge_spell(char out[JUDGE_TEXT], const struct num_parts *d, bool negative, int limit)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, d->digits), e = d->exponent;
    out[0] = '-';
    out += negative;
    if (e < -4 || e >= limit)
        (void)snprintf(out, JUDGE_TEXT - 1, "%c%s%se%c%02d", digits[0], len > 1 ? "." : "", digits + 1,
                       e < 0 ? '-' : '+', abs(e));
    else if (e < 0)
        (void)snprintf(out, JUDGE_TEXT - 1, "0.%.*s%s", -1 - e, "000", digits);
    else if (e < len - 1)
        (void)snprintf(out, JUDGE_TEXT - 1, "%.*s.%s", e + 1, digits, digits + e + 1);
    else
        (void)snprintf(out, JUDGE_TEXT - 1, "%s%.*s%s", digits, e + 1 - len, "00000000000000000000",
                       limit == BOUND_LIMIT ? ".0" : "");
}

static bool judge_same_text(const char *got, const char *want, char *why, size_t cap)
{
    if (strcmp(got, want) == 0) return true;
    (void)snprintf(why, cap, "'%s' should be '%s'", got, want);
    return false;
}

static bool judge_reads_back(const char *text, double v, char *why, size_t cap)
{
    char *end;
    if (num_bits_of(strtod(text, &end)) == num_bits_of(v) && *end == '\0') return true;
    (void)snprintf(why, cap, "'%s' does not read back as %.17g (bits %016" PRIx64 ")", text, v, num_bits_of(v));
    return false;
}

/* `d` reads back as v > 0; see the head of the file. */
static bool judge_no_shorter(const struct num_parts *d, double v, char *why, size_t cap)
{
    if (d->count == 1) return true;
    for (uint64_t above = 0; above <= 1; above++) {
        char near[JUDGE_TEXT];
        (void)snprintf(near, sizeof near, "%" PRIu64 "e%d", d->digits / 10 + above, d->exponent - (d->count - 2));
        if (strtod(near, NULL) != v) continue;
        (void)snprintf(why, cap, "'%s' is shorter and reads back as %.17g", near, v);
        return false;
    }
    return true;
}

static bool judge_nearest(const struct num_parts *d, double v, char *why, size_t cap)
{
    char near[JUDGE_TEXT];
    (void)snprintf(near, sizeof near, "%.*e", d->count - 1, v);
    struct num_parts nearest = num_parts_of(near);
    if (num_parts_equal(d, &nearest) || strtod(near, NULL) != v) return true;
    (void)snprintf(why, cap, "'%s' is nearer to %.17g and reads back", near, v);
    return false;
}

/* The sample value v has the digits `d`, unless it is whole and small. */
static bool judge_sample(const char *text, const struct num_parts *d, double v, char *why, size_t cap)
{
    char want[JUDGE_TEXT];
    if (v > -0x1p53 && v < 0x1p53 && (double)(int64_t)v == v)
        (void)snprintf(want, sizeof want, "%" PRId64, (int64_t)v);
    else
        judge_spell(want, d, v < 0, SAMPLE_LIMIT);
    return judge_same_text(text, want, why, cap);
}

bool num_judge_double(double v, char *why, size_t cap)
{
    struct num_text sample = num_text_double(v), bound = num_text_bound(v);
    struct num_parts d = num_parts_of(bound.text);
    double size = v < 0 ? -v : v;
    char want[JUDGE_TEXT];
    judge_spell(want, &d, v < 0, BOUND_LIMIT);
    return judge_same_text(bound.text, want, why, cap) && judge_reads_back(bound.text, v, why, cap) &&
           judge_no_shorter(&d, size, why, cap) && judge_nearest(&d, size, why, cap) &&
           judge_sample(sample.text, &d, v, why, cap) &&
           (strcmp(sample.text, bound.text) == 0 || judge_reads_back(sample.text, v, why, cap));
}

bool num_judge_u64(uint64_t v, char *why, size_t cap)
{
    char want[32];
    uint64_t back = ~v;
    struct num_text got = num_text_u64(v);
    (void)snprintf(want, sizeof want, "%" PRIu64, v);
    if (!judge_same_text(got.text, want, why, cap)) return false;
    if (!tacho__num_read_u64(got.text, strlen(got.text), &back) || back != v) {
        (void)snprintf(why, cap, "'%s' is not read back", got.text);
        return false;
    }
    int64_t negative = (int64_t)(v >> 1) * -1 - (int64_t)(v & 1);
    (void)snprintf(want, sizeof want, "%" PRId64, negative);
    return judge_same_text(num_text_i64(negative).text, want, why, cap);
}

bool num_judge_whole(uint64_t v, char *why, size_t cap)
{
    char want[32];
    (void)snprintf(want, sizeof want, "-%" PRIu64, v);
    return judge_same_text(num_text_double((double)v).text, want + 1, why, cap) &&
           judge_same_text(num_text_double(-(double)v).text, want, why, cap) &&
           (v == 0 || num_judge_double((double)v, why, cap));
}
