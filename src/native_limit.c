/*
 * native_limit.c - native histograms: keeping the number of buckets within its limit.
 *
 * Whoever counted in a new bucket looks whether there are too many now, and if so takes its turn to reorganise.
 * Nobody waits for a turn: who finds it taken leaves a note, and the holder goes round once more. A turn that was
 * taken more than a second ago is taken over: nothing depends on whether its holder is alive.
 *
 * First one word (the configuration) says what is going to be, then slot by slot is brought in line with it: a key
 * changes in place, or the count moves to a slot nearer to where searches begin, or to the bucket's other word. The
 * states of a move are told apart by what `move` and its two slots hold, so whoever comes after a death goes on from
 * there:
 *       move      to       from
 *     0 idle      live a   live b      `to` may be empty as well: a is 0
 *     1 freeze    live a   live b      nobody counts in frozen words, but in another one of the same bucket
 *     2 freeze    frozen a live b
 *     3 freeze    frozen a frozen b    if a + b does not fit, or `to` is another bucket's by now, all is thawed instead
 *     4 apply     frozen a frozen b
 *     5 apply     live a+b frozen b    here, and only here, `from` does not count
 *     6 apply     live a+b empty
 *     7 idle      live a+b empty
 * A reader that sees the same `move` before and after can tell which of these it saw (native_view.c). What dies
 * between the configuration and the last slot leaves keys of the old kind, which count as well as others; the next
 * turn mends it.
 *
 * Every change is a compare-and-swap from a word that was looked at before `turn` or `move` was. Who wakes up after
 * its turn was taken over finds the word changed: a live one has a higher count, a frozen one is gone, and `move`
 * another serial number, which each turn begins with, so that no earlier holder can begin a move. What may succeed
 * late is to freeze an empty slot; it is thawed in the next turn. Anything else would need that somebody is stopped
 * for a second between looking and swapping while the slot is emptied and then, by a thread that was stopped as well,
 * filled again for the old bucket up to the very same count.
 * Order:  [N2] move  release at each of its steps, acquire by readers and whoever goes on with it
 *         [N3] slots, see native.c: acquire, and only then look at `move` or `turn` again
 *         [N4] turn  release when it is given back or a note is left, acquire when taken: the holder sees what was
 *                    counted before the note
 */
#include "native_word.h"

#define LIMIT_ASKED ((uint64_t)1) /* in turn: the note */
#define LIMIT_TICKETS ((1u << 20) - 1)
#define LIMIT_TIME (((uint64_t)1 << 43) - 1)
#define LIMIT_PATIENCE_MS 1000
#define LIMIT_ROUNDS 8  /* for notes of others; then they come in vain */
#define LIMIT_PASSES 8  /* through the slots, until none moves */

enum limit_goal { LIMIT_FEWER, LIMIT_RETURN, LIMIT_CLEAR };

struct limit_turn {
    struct tacho__native *native;
    uint64_t mine, now_ms;
};

static bool limit_swap(_Atomic uint64_t *word, uint64_t *expected, uint64_t next)
{
    /* [N1], [N2], [N3] or [N4], as the caller says. */
    return atomic_compare_exchange_strong_explicit(word, expected, next, memory_order_acq_rel, memory_order_acquire);
}

/* ---- Turns ------------------------------------------------------------------------------------------------------- */

/* A time ahead of the clock is wrong, and means nothing about the future. */
static bool limit_is_old(uint64_t turn, uint64_t now_ms)
{
    uint64_t since = turn >> 21, now = now_ms & LIMIT_TIME;
    return (since < now ? now - since : since - now) > LIMIT_PATIENCE_MS;
}

/* False: somebody else has the turn, and a note; a second one as well, which passes on what was counted before it. */
static bool limit_begin(struct limit_turn *turn, struct tacho__native *native, uint64_t now_ms, enum limit_goal goal)
{
    uint64_t seen = tacho__load_relaxed(&native->turn);
    uint64_t ticket = atomic_fetch_add_explicit(&native->turns, 1, memory_order_relaxed) % LIMIT_TICKETS + 1;
    *turn = (struct limit_turn){ native, (now_ms & LIMIT_TIME) << 21 | ticket << 1, now_ms };
    for (;;) {
        bool free = seen == 0 || goal == LIMIT_CLEAR || limit_is_old(seen, now_ms);
        TACHO_EDGE(N4);
        if (limit_swap(&native->turn, &seen, free ? turn->mine : seen | LIMIT_ASKED)) return free; /* [N4] */
    }
}

/* False: somebody left a note, and the turn goes on. */
static bool limit_end(struct limit_turn *turn, bool whatever)
{
    uint64_t seen = turn->mine;
    TACHO_EDGE(N4);
    while (!limit_swap(&turn->native->turn, &seen, 0)) { /* [N4] */
        if (seen != (turn->mine | LIMIT_ASKED)) return true; /* it was taken over */
        if (!whatever && limit_swap(&turn->native->turn, &seen, turn->mine)) return false; /* [N4] */
    }
    return true;
}

static bool limit_holds(const struct limit_turn *turn)
{
    return (tacho__load_relaxed(&turn->native->turn) & ~LIMIT_ASKED) == turn->mine;
}

/* ---- Moves ------------------------------------------------------------------------------------------------------- */

static bool limit_is_at(struct tacho__native *native, uint64_t move)
{
    return tacho__load_relaxed(&native->move) == move; /* relaxed: an old one makes only swaps that fail */
}

/* The next state of the move, unless somebody was faster. */
static void limit_step(struct tacho__native *native, uint64_t move, enum tacho__native_phase phase)
{
    uint64_t next = tacho__move_word(tacho__move_serial(move), phase, tacho__move_from(move), tacho__move_to(move));
    if (phase == TACHO__NATIVE_IDLE) next = tacho__move_word(tacho__move_serial(move) + 1, phase, 0, 0);
    TACHO_EDGE(N2);
    (void)limit_swap(&native->move, &move, next); /* [N2] */
}

/* Freeze a slot of this bucket, or an empty one for it. False: it is another one's, or the move is over. */
static bool limit_freeze(struct tacho__native *native, uint64_t move, uint32_t at, uint32_t key, uint64_t config)
{
    for (;;) {
        uint64_t word = tacho__load_acquire(&native->slots[at]); /* [N3] */
        bool lives = tacho__word_lives(word, config);
        if (!limit_is_at(native, move) || (lives && tacho__word_key(word) != key)) return false;
        if (lives && (word & TACHO__NATIVE_FROZEN)) return true;
        if (!lives && at == tacho__move_from(move)) return false;
        if (tacho__load_acquire(&native->config) != config) return false; /* [N1] */
        uint64_t frozen = (lives ? word : tacho__word_head(key, config)) | TACHO__NATIVE_FROZEN;
        TACHO_EDGE(N3);
        if (limit_swap(&native->slots[at], &word, frozen)) return true; /* [N3] */
    }
}

static uint64_t limit_thawed(uint64_t word)
{
    return word & TACHO__NATIVE_COUNT ? word & ~TACHO__NATIVE_FROZEN : 0;
}

static void limit_thaw(struct tacho__native *native, uint64_t move, uint32_t at)
{
    uint64_t word = tacho__load_acquire(&native->slots[at]); /* [N3] */
    if (!(word & TACHO__NATIVE_FROZEN) || !limit_is_at(native, move)) return;
    TACHO_EDGE(N3);
    (void)limit_swap(&native->slots[at], &word, limit_thawed(word)); /* [N3] */
}

/* Steps 1 to 4. */
static void limit_freeze_both(struct tacho__native *native, uint64_t move)
{
    uint32_t from = tacho__move_from(move), to = tacho__move_to(move);
    uint64_t config = tacho__load_acquire(&native->config); /* [N1] */
    uint64_t word = tacho__load_acquire(&native->slots[from]); /* [N3] */
    if (!limit_is_at(native, move)) return;
    uint32_t key = tacho__word_key(word);
    if (tacho__word_lives(word, config) &&
        limit_freeze(native, move, to, tacho__config_key(config, key), config) &&
        limit_freeze(native, move, from, key, config)) {
        uint64_t a = tacho__load_acquire(&native->slots[to]) & TACHO__NATIVE_COUNT; /* [N3] */
        uint64_t b = tacho__load_acquire(&native->slots[from]) & TACHO__NATIVE_COUNT; /* [N3] */
        if (a + b <= TACHO__NATIVE_COUNT) {
            limit_step(native, move, TACHO__NATIVE_APPLY);
            return;
        }
        limit_thaw(native, move, to);
        limit_thaw(native, move, from);
    }
    limit_step(native, move, TACHO__NATIVE_IDLE); /* it cannot be */
}

/* Steps 4 to 7. */
static void limit_apply(struct tacho__native *native, uint64_t move)
{
    _Atomic uint64_t *from = &native->slots[tacho__move_from(move)], *to = &native->slots[tacho__move_to(move)];
    uint64_t a = tacho__load_acquire(to), b = tacho__load_acquire(from); /* [N3] */
    if (!limit_is_at(native, move)) return;
    if (a & TACHO__NATIVE_FROZEN) {
        TACHO_EDGE(N3);
        (void)limit_swap(to, &a, (a & ~TACHO__NATIVE_FROZEN) + (b & TACHO__NATIVE_COUNT)); /* [N3] */
    }
    if (b & TACHO__NATIVE_FROZEN) {
        TACHO_EDGE(N3);
        (void)limit_swap(from, &b, 0); /* [N3] */
    }
    limit_step(native, move, TACHO__NATIVE_IDLE);
}

/* Finish the move that is under way, also if it was begun by somebody who died. Returns the idle state after it. */
static uint64_t limit_finish(struct tacho__native *native)
{
    for (;;) {
        uint64_t move = tacho__load_acquire(&native->move); /* [N2] */
        if (tacho__move_phase(move) == TACHO__NATIVE_IDLE) return move;
        TACHO_EDGE(N2);
        if (tacho__move_phase(move) == TACHO__NATIVE_FREEZE)
            limit_freeze_both(native, move);
        else
            limit_apply(native, move);
    }
}

/* At the beginning of a turn. Whoever had it before cannot begin a move from now on: it would expect the old number. */
static void limit_clear_way(struct tacho__native *native)
{
    uint64_t move;
    do {
        move = limit_finish(native);
        TACHO_EDGE(N2);
    } while (!limit_swap(&native->move, &move, /* [N2] */
                         tacho__move_word(tacho__move_serial(move) + 1, TACHO__NATIVE_IDLE, 0, 0)));
}

static void limit_move(struct limit_turn *turn, uint32_t from, uint32_t to)
{
    struct tacho__native *native = turn->native;
    uint64_t move = tacho__load_acquire(&native->move); /* [N2] */
    if (tacho__move_phase(move) != TACHO__NATIVE_IDLE || !limit_holds(turn)) return;
    uint64_t next = tacho__move_word(tacho__move_serial(move), TACHO__NATIVE_FREEZE, from, to);
    TACHO_EDGE(N2);
    if (limit_swap(&native->move, &move, next)) (void)limit_finish(native); /* [N2] */
}

/* ---- Bringing slots in line with the configuration --------------------------------------------------------------- */

/* The first slot on the way to a bucket that can have the count of slot `own`: that, an empty one, or another word. */
static uint32_t limit_place(const struct tacho__native *native, uint64_t config, uint32_t key, uint32_t own,
                            uint64_t count)
{
    uint32_t at = tacho__native_home(native, key);
    for (;; at = (at + 1) & native->slot_mask) {
        if (at == own) return own;
        uint64_t word = tacho__load_relaxed(&native->slots[at]); /* relaxed: looked at again before it changes */
        if (!tacho__word_lives(word, config)) return at;
        bool same = tacho__word_key(word) == key && !(word & TACHO__NATIVE_FROZEN);
        if (same && (word & TACHO__NATIVE_COUNT) + count <= TACHO__NATIVE_COUNT) return at;
    }
}

static bool limit_rename(struct limit_turn *turn, uint32_t at, uint64_t word, uint32_t key)
{
    uint32_t old = tacho__word_key(word);
    do {
        if (tacho__word_key(word) != old || !limit_holds(turn)) return false;
        TACHO_EDGE(N3);
    } while (!limit_swap(&turn->native->slots[at], &word, /* [N3] */
                         tacho__word_head(key, 0) | (word & ~tacho__word_head(old, 0))));
    return true;
}

/* Bring one slot in line. True: that may concern others, which were looked at before. */
static bool limit_settle(struct limit_turn *turn, uint64_t config, uint32_t at)
{
    struct tacho__native *native = turn->native;
    uint64_t word = tacho__load_acquire(&native->slots[at]); /* [N3] */
    if (word == 0 || !limit_holds(turn)) return false;
    bool lives = tacho__word_lives(word, config);
    if (!lives || (word & TACHO__NATIVE_FROZEN)) { /* frozen without a move: by somebody who came late */
        TACHO_EDGE(N3);
        (void)limit_swap(&native->slots[at], &word, lives ? limit_thawed(word) : 0); /* [N3] */
        return lives;
    }
    uint32_t key = tacho__config_key(config, tacho__word_key(word));
    uint32_t place = limit_place(native, config, key, at, word & TACHO__NATIVE_COUNT);
    if (place != at) {
        limit_move(turn, at, place);
        return true;
    }
    return key != tacho__word_key(word) && limit_rename(turn, at, word, key);
}

static void limit_tidy(struct limit_turn *turn)
{
    bool again = true;
    for (int pass = 0; pass < LIMIT_PASSES && again; pass++) {
        uint64_t config = tacho__load_acquire(&turn->native->config); /* [N1] */
        again = false;
        for (uint32_t at = 0; at <= turn->native->slot_mask; at++) again |= limit_settle(turn, config, at);
    }
}

/* ---- Counting buckets -------------------------------------------------------------------------------------------- */

struct limit_census {
    uint32_t buckets;
    uint32_t nearest; /* to zero: its code; 0: none */
    bool room;        /* for one more word */
};

/* Whether no word of the same bucket is found before this one. */
static bool limit_is_first(const struct tacho__native *native, uint64_t config, uint32_t key, uint32_t own)
{
    uint32_t at = tacho__native_home(native, key);
    for (;; at = (at + 1) & native->slot_mask) {
        uint64_t word = tacho__load_relaxed(&native->slots[at]); /* relaxed: it may change at any time anyway */
        if (at == own || (tacho__word_lives(word, config) && tacho__word_key(word) == key)) return at == own;
    }
}

enum limit_care { LIMIT_WORDS, LIMIT_BUCKETS }; /* which may be one bucket, or each counted once */

static struct limit_census limit_count(const struct tacho__native *native, uint64_t config, enum limit_care care)
{
    struct limit_census census = { 0 };
    for (uint32_t at = 0; at <= native->slot_mask; at++) {
        uint64_t word = tacho__load_relaxed(&native->slots[at]); /* relaxed: what was counted before a note, [N4] */
        if (!tacho__word_lives(word, config)) {
            census.room = true;
            continue;
        }
        uint32_t key = tacho__word_key(word);
        uint32_t code = tacho__config_key(config, key) & TACHO__NATIVE_CODES;
        if (code == TACHO__NATIVE_ZERO) continue;
        if (care == LIMIT_BUCKETS && !limit_is_first(native, config, key, at)) continue;
        census.buckets++;
        if (census.nearest == 0 || code < census.nearest) census.nearest = code;
    }
    return census;
}

static bool limit_is_kept(const struct tacho__native *native, struct limit_census census)
{
    return census.buckets <= native->max_buckets && census.room;
}

/* ---- Strategies -------------------------------------------------------------------------------------------------- */

static bool limit_configure(struct limit_turn *turn, uint64_t config, uint64_t next)
{
    if (!limit_holds(turn)) return false;
    TACHO_EDGE(N1);
    return limit_swap(&turn->native->config, &config, next); /* [N1] */
}

static bool limit_reset_is_due(struct tacho__native *native, uint64_t config, uint64_t now_ms)
{
    const struct tacho__native_era *era = tacho__native_era(native, tacho__config_generation(config));
    uint64_t created = tacho__load_relaxed(&era->created); /* [N1] */
    return native->min_reset_ms && now_ms >= created && now_ms - created >= native->min_reset_ms;
}

/* The sum that is made ready here is that of the generation after three more: nobody who is on the way adds to it. */
static bool limit_reset(struct limit_turn *turn, uint64_t config)
{
    struct tacho__native *native = turn->native;
    uint64_t next = tacho__config_generation(config) + 1;
    for (uint32_t at = 0; at <= native->slot_mask; at++) {
        uint64_t word = tacho__load_acquire(&native->slots[at]); /* [N3] */
        if (word == 0 || tacho__word_lives(word, config) || !limit_holds(turn)) continue;
        TACHO_EDGE(N3);
        (void)limit_swap(&native->slots[at], &word, 0); /* [N3] */
    }
    if (!limit_holds(turn)) return false;
    tacho__store_relaxed(&tacho__native_era(native, next + 4)->sum, 0); /* published by [N1], four times */
    tacho__store_relaxed(&tacho__native_era(native, next)->created, turn->now_ms);
    return limit_configure(turn, config, next * TACHO__NATIVE_ONE_GENERATION | native->shape);
}

static bool limit_widen_zero(struct limit_turn *turn, uint64_t config, uint32_t code)
{
    if (code == 0 || !(tacho__native_bound(code) <= turn->native->max_threshold)) return false;
    return limit_configure(turn, config, (config & ~((uint64_t)TACHO__NATIVE_CODES << 4)) | (uint64_t)code << 4);
}

static bool limit_halve(struct limit_turn *turn, uint64_t config)
{
    return tacho__config_schema(config) > TACHO__NATIVE_COARSEST && limit_configure(turn, config, config - 1);
}

/* True: it took a reset. */
static bool limit_reduce(struct limit_turn *turn)
{
    struct tacho__native *native = turn->native;
    while (limit_holds(turn)) {
        uint64_t config = tacho__load_acquire(&native->config); /* [N1] */
        if (limit_is_kept(native, limit_count(native, config, LIMIT_WORDS))) break;
        limit_tidy(turn);
        struct limit_census census = limit_count(native, config, LIMIT_BUCKETS);
        if (limit_is_kept(native, census)) break;
        if (limit_reset_is_due(native, config, turn->now_ms))
            return limit_reset(turn, config);
        if (limit_widen_zero(turn, config, census.nearest) || limit_halve(turn, config)) continue;
        if (census.room) break; /* more of the coarsest buckets than asked for */
        return limit_reset(turn, config); /* nothing but full words */
    }
    return false;
}

/* What a turn is taken for. True: there was a reset. */
static bool limit_do(struct limit_turn *turn, enum limit_goal goal)
{
    uint64_t config = tacho__load_acquire(&turn->native->config); /* [N1] */
    bool changed = tacho__config_shape(config) != turn->native->shape;
    if (goal == LIMIT_CLEAR) return limit_reset(turn, config);
    if (goal == LIMIT_RETURN && changed && limit_reset_is_due(turn->native, config, turn->now_ms))
        return limit_reset(turn, config);
    return limit_reduce(turn);
}

/* True: there was a reset. */
static bool limit_run(struct tacho__native *native, uint64_t now_ms, enum limit_goal goal)
{
    struct limit_turn turn;
    if (!limit_begin(&turn, native, now_ms, goal)) return false;
    limit_clear_way(native);
    bool reset = limit_do(&turn, goal);
    for (int round = 1; !limit_end(&turn, round == LIMIT_ROUNDS); round++) reset |= limit_do(&turn, LIMIT_FEWER);
    return reset;
}

bool tacho__native_limit(struct tacho__native *native, tacho__native_clock *clock)
{
    uint64_t config = tacho__load_acquire(&native->config); /* [N1] */
    if (limit_is_kept(native, limit_count(native, config, LIMIT_WORDS))) return false;
    return limit_run(native, clock(), LIMIT_FEWER);
}

void tacho__native_return(struct tacho__native *native, tacho__native_clock *clock)
{
    uint64_t config = tacho__load_acquire(&native->config); /* [N1] */
    uint64_t now_ms = clock();
    if (limit_reset_is_due(native, config, now_ms)) (void)limit_run(native, now_ms, LIMIT_RETURN);
}

void tacho__native_clear(struct tacho__native *native, uint64_t now_ms)
{
    while (!limit_run(native, now_ms, LIMIT_CLEAR)) continue;
    uint64_t config = tacho__load_acquire(&native->config); /* [N1] */
    tacho__store_relaxed(&native->first, tacho__config_generation(config)); /* published with the series */
}
