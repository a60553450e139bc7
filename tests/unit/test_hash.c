/*
 * test_hash.c - every way to hash and to compare a label value agrees with every other, whatever its length: the one
 * that a lookup has inline, and the one that created the series.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include <tacho/registry.h>

#include "index.h"

enum { LONGEST = 40, POSITIONS = 3 };

static const uint64_t seeds[] = { 0, 1, UINT64_C(0x8000000000000000), UINT64_C(0x0123456789abcdef), UINT64_MAX };

/* Different at every place. */
static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF";

/* ---- Hashes and comparisons ---------------------------------------------------------------------------------- */

static void the_hash_of_8_to_16_bytes_is_the_same_by_the_short_way_and_by_the_long_one(void **state)
{
    (void)state;
    for (size_t len = 0; len <= LONGEST; len++) {
        assert_int_equal(tacho__hash_is_medium(len), len >= 8 && len <= 16);
        for (size_t i = 0; i < TACHO_COUNT(seeds); i++)
            for (size_t position = 0; position < POSITIONS; position++) {
                uint64_t key = tacho__hash_key(position, seeds[i]), start = tacho__hash_start(seeds[i]);
                uint64_t hash = tacho__hash_keyed(text, len, key, start);
                assert_true(hash == tacho__hash_value(text, len, position, seeds[i]));
                if (tacho__hash_is_medium(len)) assert_true(hash == tacho__hash_medium(text, len, key, start));
            }
    }
}

static void every_byte_of_a_value_its_length_and_its_position_count_in_its_hash(void **state)
{
    char other[LONGEST];
    (void)state;
    for (size_t len = 1; len <= LONGEST; len++) {
        uint64_t hash = tacho__hash_value(text, len, 1, 7);
        assert_true(hash != tacho__hash_value(text, len - 1, 1, 7));
        assert_true(hash != tacho__hash_value(text, len, 0, 7));
        assert_true(hash != tacho__hash_value(text, len, 1, 8));
        for (size_t at = 0; at < len; at++) {
            memcpy(other, text, len);
            other[at] = (char)(other[at] ^ 1);
            assert_true(hash != tacho__hash_value(other, len, 1, 7));
        }
    }
}

static void values_are_the_same_only_if_every_bit_is(void **state)
{
    char same[LONGEST], other[LONGEST];
    (void)state;
    memcpy(same, text, LONGEST);
    for (size_t len = 0; len <= LONGEST; len++) {
        assert_true(tacho__index_differ(text, same, len) == 0);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            memcpy(other, text, len);
            other[bit / 8] = (char)(other[bit / 8] ^ 1 << bit % 8);
            assert_true(tacho__index_differ(text, other, len) != 0);
            assert_true(tacho__index_differ(other, text, len) != 0);
        }
    }
}

/* ---- Lookups ---------------------------------------------------------------------------------------------------- */

static tacho_counter_vec *by_one, *by_three;
static const tacho_desc rows[] = {
    { .counter_vec = &by_one, .name = "one_total", .help = "Help.", .labels = { "a" } },
    { .counter_vec = &by_three, .name = "three_total", .help = "Help.", .labels = { "a", "b", "c" } },
};

static unsigned probes;

/* A lookup leaves the index after each probe. */
static void count_probes(const char *tag)
{
    if (strcmp(tag, "G2") == 0) probes++;
}

/* Create the series with these lengths of the text, and look it up in every way: the first probe finds it. */
static void check_found_at_once(tacho_counter_vec *vec, const size_t *lens, size_t count)
{
    const char *values[POSITIONS], *ended[POSITIONS];
    char copies[POSITIONS][sizeof text];
    for (size_t i = 0; i < count; i++) {
        values[i] = text + i;
        memcpy(copies[i], values[i], lens[i]);
        copies[i][lens[i]] = '\0';
        ended[i] = copies[i];
    }
    tacho_labels slices = { .values = values, .lengths = lens, .count = count };
    tacho_labels strings = { .values = ended, .count = count };
    tacho_counter *created = tacho_counter_at(vec, slices);
    probes = 0;
    assert_ptr_equal(tacho_counter_at(vec, slices), created);
    assert_int_equal(probes, 1);
    assert_ptr_equal(tacho_counter_at(vec, strings), created);
    assert_int_equal(probes, 2);
    tacho_counter_inc_at(vec, strings);
    assert_int_equal(probes, 3);
    assert_true(tacho_counter_value(created) == 1);
}

static void a_lookup_finds_at_once_what_was_created_the_slow_way_whatever_the_lengths(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    tacho_counter_vec *bound = tacho_counter_bind(by_three, TACHO_LABELS(NULL, "between 8 and 16", NULL));
    tacho__edge_hook = count_probes;
    for (size_t len = 0; len <= LONGEST; len++) {
        check_found_at_once(by_one, (const size_t[]){ len }, 1);
        check_found_at_once(by_three, (const size_t[]){ len, LONGEST - len, len / 2 }, 3);
        check_found_at_once(bound, (const size_t[]){ LONGEST - len, len }, 2);
    }
    tacho__edge_hook = NULL;
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_of_8_to_16_bytes_is_the_same_by_the_short_way_and_by_the_long_one),
        cmocka_unit_test(every_byte_of_a_value_its_length_and_its_position_count_in_its_hash),
        cmocka_unit_test(values_are_the_same_only_if_every_bit_is),
        cmocka_unit_test(a_lookup_finds_at_once_what_was_created_the_slow_way_whatever_the_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
