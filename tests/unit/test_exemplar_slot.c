/*
 * test_exemplar_slot.c - one slot, whose writers are interrupted, stopped and killed.
 *
 * The hook at the ordering edges stands for a signal handler, or for another thread, that comes exactly there: before
 * the claim [X1], before each word [X2], and before the record is finished [X1]. Leaving it by longjmp stands for a
 * death.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "atomic.h"
#include "exemplar.h"

#define SECOND 1000000000u
#define NOW_MS 1700000000123u
#define NOW_NS (1000u * (uint64_t)SECOND)

enum { SLOT_WORDS = TACHO__EXEMPLAR_SLOT / 8, WORDS = SLOT_WORDS + 2 };

static uint64_t memory[WORDS]; /* a slot between two words that stay */
static void *const slot = memory + 1;

static void clear_slot(void)
{
    memset(memory, 0, sizeof memory);
}

/* Record number k: in all of its words unlike any other, its text `len` code points long. */
static struct tacho__exemplar record(unsigned k, size_t len)
{
    struct tacho__exemplar exemplar;
    char text[129];
    for (size_t i = 0; i < len; i++) text[i] = (char)('!' + (k * 31 + i * 7) % 90);
    text[len] = '\0';
    tacho_exemplar in = { (tacho_pair[]){ { "n", text } }, 1, k };
    assert_true(tacho__exemplar_make(&exemplar, &in, k + 0.5, NOW_MS));
    return exemplar;
}

static bool same(const struct tacho__exemplar *a, const struct tacho__exemplar *b)
{
    return memcmp(&a->value, &b->value, sizeof a->value) == 0 && a->time_ms == b->time_ms && a->len == b->len &&
           memcmp(a->bytes, b->bytes, a->len) == 0;
}

static bool shows(const struct tacho__exemplar *want)
{
    struct tacho__exemplar got;
    memset(&got, 'Z', sizeof got);
    return tacho__exemplar_load(slot, &got) && same(&got, want);
}

static bool shows_nothing(void)
{
    struct tacho__exemplar got;
    return !tacho__exemplar_load(slot, &got);
}

static void a_slot_shows_what_was_stored_last(void **state)
{
    (void)state;
    clear_slot();
    assert_true(shows_nothing());
    for (unsigned k = 1; k < 400; k++) {
        struct tacho__exemplar exemplar = record(k, k * 37 % 128);
        assert_true(tacho__exemplar_store(slot, &exemplar, NOW_NS + k));
        assert_true(shows(&exemplar));
        assert_true(shows(&exemplar));
    }
    assert_int_equal(memory[0], 0);
    assert_int_equal(memory[WORDS - 1], 0);
}

static void a_cleared_slot_shows_nothing_until_the_next_is_stored(void **state)
{
    (void)state;
    clear_slot();
    tacho__exemplar_clear(slot);
    assert_true(shows_nothing());
    for (unsigned k = 1; k < 9; k++) {
        struct tacho__exemplar exemplar = record(k, k - 1);
        assert_true(tacho__exemplar_store(slot, &exemplar, NOW_NS + k));
        assert_true(shows(&exemplar));
        tacho__exemplar_clear(slot);
        assert_true(shows_nothing());
        tacho__exemplar_clear(slot);
        assert_true(shows_nothing());
    }
}

static void a_slot_holds_the_longest_and_the_shortest(void **state)
{
    (void)state;
    clear_slot();
    char value[4 * 127 + 1] = "";
    for (size_t i = 0; i < 127; i++) memcpy(value + 4 * i, "\xf4\x8f\xbf\xbf", 5);
    struct tacho__exemplar longest, shortest;
    assert_true(tacho__exemplar_make(&longest, &(tacho_exemplar){ (tacho_pair[]){ { "n", value } }, 1, 0 }, 1, 1));
    assert_true(tacho__exemplar_make(&shortest, &(tacho_exemplar){ NULL, 0, 0 }, 1, 1));
    shortest.value = (double)NAN;
    memory[0] = memory[WORDS - 1] = 0x5a5a;
    for (int i = 0; i < 3; i++) {
        assert_true(tacho__exemplar_store(slot, &longest, NOW_NS));
        assert_true(shows(&longest));
        assert_true(tacho__exemplar_store(slot, &shortest, NOW_NS));
        assert_true(shows(&shortest));
    }
    assert_true(memory[0] == 0x5a5a && memory[WORDS - 1] == 0x5a5a);
}

static void a_slot_means_the_same_at_any_address(void **state)
{
    (void)state;
    clear_slot();
    struct tacho__exemplar exemplar = record(1, 50), got;
    assert_true(tacho__exemplar_store(slot, &exemplar, NOW_NS));
    uint64_t elsewhere[SLOT_WORDS];
    memcpy(elsewhere, slot, sizeof elsewhere);
    clear_slot();
    assert_true(tacho__exemplar_load(elsewhere, &got) && same(&got, &exemplar));
}

static void a_store_writes_no_more_words_than_it_needs(void **state)
{
    (void)state;
    for (size_t len = 0; len < 128; len++) {
        struct tacho__exemplar exemplar = record(1, len);
        memset(memory, '#', sizeof memory);
        memory[1] = 0; /* the version */
        assert_true(tacho__exemplar_store(slot, &exemplar, NOW_NS));
        size_t last = SLOT_WORDS;
        while (last > 0 && memory[last] == memory[0]) last--;
        assert_int_equal(last, 4 + (len + 3 + 7) / 8); /* version, sum, value, time; "n" 0 text 0 */
    }
}

/* Memory that other processes see gets nothing of what lay on the stack before. */
static void what_a_slot_holds_does_not_depend_on_what_lay_there_before(void **state)
{
    (void)state;
    char text[129] = "";
    for (size_t len = 0; len < 127; text[len++] = 'x', text[len] = '\0') {
        uint64_t slots[2][SLOT_WORDS];
        memset(slots, 0, sizeof slots);
        for (int i = 0; i < 2; i++) {
            struct tacho__exemplar exemplar;
            memset(&exemplar, i ? 'A' : 'B', sizeof exemplar);
            tacho_exemplar in = { (tacho_pair[]){ { "n", text } }, 1, 0 };
            assert_true(tacho__exemplar_make(&exemplar, &in, 1, 1));
            assert_true(tacho__exemplar_store(slots[i], &exemplar, NOW_NS));
        }
        assert_memory_equal(slots[0], slots[1], sizeof slots[0]);
    }
}

/* ---- Interrupted, stopped, killed -------------------------------------------------------------------------------- */

enum { CLAIMED = 2 }; /* the first passage behind the claim */
static unsigned passage, stop_at; /* edges passed; the one at which something comes in between, 0: none */
static void (*in_between)(void);

static void come_in_between(const char *tag)
{
    assert_int_equal(tag[0], 'X');
    if (++passage != stop_at) return;
    in_between();
}

/* Store while `other` comes at passage k; whether it was stored. */
static bool store_with(const struct tacho__exemplar *exemplar, unsigned k, void (*other)(void))
{
    passage = 0;
    stop_at = k;
    in_between = other;
    tacho__edge_hook = come_in_between;
    bool stored = tacho__exemplar_store(slot, exemplar, NOW_NS);
    tacho__edge_hook = NULL;
    return stored;
}

/* How many passages there are. */
static unsigned passages_of(const struct tacho__exemplar *exemplar)
{
    clear_slot();
    assert_true(store_with(exemplar, 0, NULL));
    return passage;
}

static struct tacho__exemplar first, second, third;
static uint64_t second_ns;      /* the time at which the second one comes */
static bool second_stored;
static uint64_t snapshot[WORDS]; /* behind it */

static void store_second(void)
{
    second_stored = tacho__exemplar_store(slot, &second, second_ns);
    memcpy(snapshot, memory, sizeof memory);
}

static void store_and_die(const struct tacho__exemplar *exemplar, unsigned k);

static void claim_and_die(void)
{
    store_and_die(&second, CLAIMED);
}

/* Also where both would claim with the same time, number and length. */
static void who_is_quicker_to_claim_is_stored(void **state)
{
    (void)state;
    first = record(1, 60), second = record(2, 60);
    second_ns = NOW_NS;
    clear_slot();
    assert_false(store_with(&first, CLAIMED - 1, store_second));
    assert_true(second_stored && shows(&second));
    clear_slot();
    assert_false(store_with(&first, CLAIMED - 1, claim_and_die));
    assert_true(shows_nothing());
}

static void an_exemplar_is_dropped_while_another_one_is_being_stored(void **state)
{
    (void)state;
    static const int64_t young_ms[] = { 0, 1, 500, 1000, -1, -500, -60000 };
    first = record(1, 60), second = record(2, 90);
    unsigned passages = passages_of(&first);
    assert_int_equal(passages, 1 + 2 + 8 + 1 + 1); /* claim, value and time, text, sum, end */
    for (unsigned k = CLAIMED; k <= passages; k++) {
        for (size_t i = 0; i < TACHO_COUNT(young_ms); i++) {
            clear_slot();
            second_ns = NOW_NS + (uint64_t)(young_ms[i] * 1000000);
            assert_true(store_with(&first, k, store_second));
            assert_false(second_stored);
            assert_true(shows(&first));
        }
    }
}

static void look(void)
{
    second_stored = !shows_nothing();
}

static void a_record_is_not_seen_before_it_is_complete(void **state)
{
    (void)state;
    first = record(1, 60);
    unsigned passages = passages_of(&first);
    for (unsigned k = CLAIMED; k <= passages; k++) {
        assert_true(store_with(&first, k, look));
        assert_false(second_stored);
        assert_true(shows(&first));
    }
}

/* From an edge inside a store, never to return: as a kill, it leaves the claim behind. */
static jmp_buf death;

static void die(void)
{
    longjmp(death, 1);
}

static void store_and_die(const struct tacho__exemplar *exemplar, unsigned k)
{
    jmp_buf outer;
    memcpy(&outer, &death, sizeof outer);
    if (setjmp(death) == 0) (void)store_with(exemplar, k, die);
    memcpy(&death, &outer, sizeof outer);
    tacho__edge_hook = NULL;
}

static void a_slot_whose_writer_was_killed_is_taken_over_after_a_second(void **state)
{
    (void)state;
    static const uint64_t late_ms[] = { 1250, 2000, 3600000, 36000000, 86400000, 31536000000 };
    first = record(1, 60), second = record(2, 30), third = record(3, 90);
    unsigned passages = passages_of(&first);
    for (unsigned k = CLAIMED; k <= passages; k++) {
        for (size_t i = 0; i < TACHO_COUNT(late_ms); i++) {
            clear_slot();
            assert_true(tacho__exemplar_store(slot, &third, NOW_NS));
            store_and_die(&first, k);
            assert_true(shows_nothing());
            assert_false(tacho__exemplar_store(slot, &second, NOW_NS + SECOND));
            assert_true(shows_nothing());
            assert_true(tacho__exemplar_store(slot, &second, NOW_NS + late_ms[i] * 1000000));
            assert_true(shows(&second));
            assert_true(tacho__exemplar_store(slot, &third, NOW_NS));
            assert_true(shows(&third));
        }
    }
}

static void a_claim_from_the_far_future_is_one_of_another_clock(void **state)
{
    (void)state;
    first = record(1, 60), second = record(2, 30);
    clear_slot();
    store_and_die(&first, 3);
    assert_false(tacho__exemplar_store(slot, &second, NOW_NS - 60 * (uint64_t)SECOND));
    assert_true(tacho__exemplar_store(slot, &second, NOW_NS - 80 * (uint64_t)SECOND));
    assert_true(shows(&second));
}

static unsigned words_changed_since_second(void)
{
    unsigned changed = 0;
    for (size_t i = 0; i < WORDS; i++) changed += memory[i] != snapshot[i];
    return changed;
}

/* At every passage; with records of the same length, a shorter and a longer one. */
static void a_writer_that_was_stopped_and_taken_over_is_never_seen_mixed(void **state)
{
    (void)state;
    unsigned damaged = 0;
    second_ns = NOW_NS + 2 * (uint64_t)SECOND;
    third = record(3, 70);
    for (size_t len = 0; len <= 120; len += 20) {
        first = record(1, 60), second = record(2, len);
        unsigned passages = passages_of(&first);
        for (unsigned k = CLAIMED; k <= passages; k++) {
            clear_slot();
            assert_false(store_with(&first, k, store_second));
            assert_true(second_stored);
            unsigned changed = words_changed_since_second();
            assert_true(changed <= 1); /* it finds out before the next word */
            assert_true(changed == 0 ? shows(&second) : shows(&second) || shows_nothing());
            if (shows_nothing()) damaged++;
            assert_true(tacho__exemplar_store(slot, &third, NOW_NS));
            assert_true(shows(&third));
        }
    }
    assert_true(damaged > 50);
}

/* Records that differ in one word only, or in one bit of it: the word that comes late is the one that would fit. */
static void one_late_word_always_shows(void **state)
{
    (void)state;
    second_ns = NOW_NS + 2 * (uint64_t)SECOND;
    first = record(1, 60);
    for (unsigned bit = 0; bit < 128 + 8 * 63; bit++) {
        second = first;
        ((unsigned char *)&second)[bit / 8] ^= (unsigned char)(1u << bit % 8);
        clear_slot();
        assert_false(store_with(&first, CLAIMED + bit / 64, store_second));
        assert_int_equal(words_changed_since_second(), 1);
        assert_true(shows_nothing());
    }
}

/* Writers of which each is stopped and taken over by the next; at the end all of them go on, the last one first. */
static struct tacho__exemplar chain[6];
static unsigned chain_stops[6]; /* passages; 0: goes through */
static unsigned chain_at;
static bool chain_stored;

static void go_on_with_the_chain(void)
{
    unsigned own = ++chain_at;
    passage = 0;
    stop_at = chain_stops[own];
    bool done = tacho__exemplar_store(slot, &chain[own], NOW_NS + own * 2 * (uint64_t)SECOND);
    assert_int_equal(done, chain_stops[own] == 0);
    chain_stored |= done;
}

static void run_the_chain(void)
{
    clear_slot();
    chain_at = 0;
    chain_stored = false;
    assert_false(store_with(&chain[0], chain_stops[0], go_on_with_the_chain));
    assert_true(chain_stored);
}

static void several_writers_that_were_stopped_are_never_seen_mixed(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 11; k++) {
        for (unsigned i = 0; i < 6; i++) {
            chain[i] = record(10 + i, 60);
            chain_stops[i] = i < 5 ? CLAIMED + (k + i * k) % 11 : 0;
        }
        run_the_chain();
        assert_true(shows(&chain[5]) || shows_nothing());
        assert_true(tacho__exemplar_store(slot, &chain[0], NOW_NS));
        assert_true(shows(&chain[0]));
    }
}

/* One word of each of three, which together are the record of all three. */
static void a_record_that_came_late_word_by_word_is_not_seen(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        tacho_exemplar in = { NULL, 0, i < 3 ? 1 : 2 };
        assert_true(tacho__exemplar_make(&chain[i], &in, i < 3 ? 1 : 2, 0));
        chain_stops[i] = i < 3 ? CLAIMED + i : 0; /* value, time, sum */
    }
    run_the_chain();
    assert_true(shows_nothing());
}

/* The same bit of two words, which a sum by exclusive or would not see. */
static void late_words_do_not_cancel_out(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (unsigned i = 0; i < 3; i++) {
            chain[i] = record(1, 60);
            chain_stops[i] = i < 2 ? CLAIMED + 2 + i : 0;
        }
        chain[0].bytes[bit / 8] ^= (char)(1 << bit % 8);
        chain[1].bytes[8 + bit / 8] ^= (char)(1 << bit % 8);
        run_the_chain();
        assert_true(shows_nothing());
    }
}

static void be_taken_over_and_claimed_again(void)
{
    assert_true(tacho__exemplar_store(slot, &second, NOW_NS + 2 * (uint64_t)SECOND));
    store_and_die(&third, CLAIMED);
}

/* The third one claims the slot at the time of the first, and for as long a record. */
static void a_claim_like_that_of_a_stopped_writer_is_not_its_own(void **state)
{
    (void)state;
    first = record(1, 60), second = record(2, 60), third = record(3, 60);
    for (unsigned k = CLAIMED; k <= CLAIMED + 11; k++) {
        clear_slot();
        assert_false(store_with(&first, k, be_taken_over_and_claimed_again));
        assert_true(shows_nothing());
        assert_false(tacho__exemplar_store(slot, &second, NOW_NS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_shows_what_was_stored_last),
        cmocka_unit_test(a_cleared_slot_shows_nothing_until_the_next_is_stored),
        cmocka_unit_test(a_slot_holds_the_longest_and_the_shortest),
        cmocka_unit_test(a_slot_means_the_same_at_any_address),
        cmocka_unit_test(a_store_writes_no_more_words_than_it_needs),
        cmocka_unit_test(what_a_slot_holds_does_not_depend_on_what_lay_there_before),
        cmocka_unit_test(who_is_quicker_to_claim_is_stored),
        cmocka_unit_test(an_exemplar_is_dropped_while_another_one_is_being_stored),
        cmocka_unit_test(a_record_is_not_seen_before_it_is_complete),
        cmocka_unit_test(a_slot_whose_writer_was_killed_is_taken_over_after_a_second),
        cmocka_unit_test(a_claim_from_the_far_future_is_one_of_another_clock),
        cmocka_unit_test(a_writer_that_was_stopped_and_taken_over_is_never_seen_mixed),
        cmocka_unit_test(one_late_word_always_shows),
        cmocka_unit_test(several_writers_that_were_stopped_are_never_seen_mixed),
        cmocka_unit_test(a_record_that_came_late_word_by_word_is_not_seen),
        cmocka_unit_test(late_words_do_not_cancel_out),
        cmocka_unit_test(a_claim_like_that_of_a_stopped_writer_is_not_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
