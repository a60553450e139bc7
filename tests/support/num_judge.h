/*
 * num_judge.h - is the text of a number right? What is promised in src/num.h, found out in another way.
 *
 * The C library is the judge: strtod reads what was written, and snprintf tells the nearest decimal of a given number
 * of digits. Both follow the locale, so it has to be "C". Any thread may judge; nothing here calls cmocka.
 */
#ifndef NUM_JUDGE_H
#define NUM_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num.h"

/** What was written, terminated; if bytes outside the writer's room have changed, a text that no number has. */
struct num_text {
    char text[TACHO__NUM_MAX + 1];
};
struct num_text num_text_u64(uint64_t v);
struct num_text num_text_i64(int64_t v);
struct num_text num_text_double(double v);
struct num_text num_text_bound(double v);

/** A number taken apart: d.ddd * 10^exponent, `count` digits without zeros at either end, the sign left out. */
struct num_parts {
    uint64_t digits;
    int count, exponent;
};
struct num_parts num_parts_of(const char *text);
bool num_parts_equal(const struct num_parts *a, const struct num_parts *b);

uint64_t num_bits_of(double v);
double num_double_of(uint64_t bits);
bool num_is_finite(double v);

/**
 * Judge both texts of a finite double that is not 0: they read back bit for bit, no shorter decimal does, none of as
 * many digits is nearer and reads back too, and the notation is the promised one; whole numbers below 2^53 have all
 * their digits. Returns false, and the reason in `why`, if one of these is not so.
 */
bool num_judge_double(double v, char *why, size_t cap);

/** Judge the text of v, and of the whole numbers beside 0 with half its size: all digits, and they read back. */
bool num_judge_u64(uint64_t v, char *why, size_t cap);

/** Judge what doubles of size v < 2^53 are written as: all digits, no point, as a bound one `.0` or an exponent. */
bool num_judge_whole(uint64_t v, char *why, size_t cap);

#endif
