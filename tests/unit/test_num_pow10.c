/*
 * test_num_pow10.c - the table of powers of ten, computed once more in exact arithmetic.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "num_pow10.h"

enum { WIDE = 40 };

/* A whole number of 40 * 32 bits, the lowest first. */
struct wide {
    uint32_t words[WIDE];
};

static int wide_bits(const struct wide *n)
{
    int bits = WIDE * 32;
    while (bits > 0 && !(n->words[(bits - 1) / 32] >> (bits - 1) % 32 & 1)) bits--;
    return bits;
}

static void wide_times_ten(struct wide *n)
{
    uint64_t carry = 0;
    for (int i = 0; i < WIDE; i++, carry >>= 32) {
        carry += n->words[i] * UINT64_C(10);
        n->words[i] = (uint32_t)carry;
    }
}

static void wide_tenth(struct wide *n)
{
    uint64_t rest = 0;
    for (int i = WIDE - 1; i >= 0; i--, rest %= 10) {
        rest = rest << 32 | n->words[i];
        n->words[i] = (uint32_t)(rest / 10);
    }
}

/* The highest 128 bits of n, rounded up if `rest` or a lower bit is set, are the entry for 10^k. */
static void check_entry(int k, const struct wide *n, bool rest)
{
    uint64_t want[2] = { 0, 0 };
    int high = wide_bits(n);
    for (int bit = high - 1; bit >= 0 || bit >= high - 128; bit--) {
        bool set = bit >= 0 && (n->words[bit / 32] >> bit % 32 & 1);
        uint64_t *word = &want[bit < high - 64];
        if (bit < high - 128)
            rest |= set;
        else
            *word = *word << 1 | set;
    }
    want[1] += rest;
    want[0] += rest && want[1] == 0;
    const uint64_t *got = num_pow10[k - NUM_POW10_MIN];
    if (got[0] != want[0] || got[1] != want[1]) fail_msg("the entry for 10^%d is wrong", k);
}

static void every_entry_of_the_table_of_powers_is_exact_to_the_last_bit(void **state)
{
    (void)state;
    struct wide n = { { 1 } };
    for (int k = 0; k <= NUM_POW10_MAX; k++, wide_times_ten(&n)) check_entry(k, &n, false);
    n = (struct wide){ { 0 } };
    n.words[WIDE - 1] = 1u << 31; /* 2^1279: its part by 10^292 has 128 bits and more */
    for (int k = -1; k >= NUM_POW10_MIN; k--) {
        wide_tenth(&n);
        check_entry(k, &n, true);
    }
}

int main(void)
{
    const struct CMUnitTest pow10[] = {
        cmocka_unit_test(every_entry_of_the_table_of_powers_is_exact_to_the_last_bit),
    };
    return cmocka_run_group_tests(pow10, NULL, NULL);
}
