/*
 * trackarr_walk.c - SCAN page by page until the cursor is 0 again, and for each page all HGETALLs in one go.
 *
 * A key may come twice, and a page may be empty: neither matters to a set. A key may also have expired since its page,
 * or hold something else: it is passed by. Everything else that is not as it should be ends the walk, because numbers
 * that lack an unknown part of the swarm are worse than the ones from before.
 */
#define _POSIX_C_SOURCE 200809L
#include "trackarr_walk.h"

#include <string.h>

#define WALK_PAGE "100"      /* keys that SCAN is asked for at a time; it may give some more */
#define WALK_BATCH 100       /* hashes that are read in one go */
#define WALK_SILENCE_MS 5000 /* a server that takes longer for one step is given up */
#define WALK_MAX_CURSOR 20   /* digits */

typedef struct walk {
    redis_taker hashes; /* of a page, one by one: each may be large */
    bool good;          /* so were those so far */
    redis *store;
    const trackarr_keys *keys;
    trackarr_swarm *swarm;
    trackarr_answer *answer;
    uint64_t deadline_ns;
} walk;

bool trackarr_keys_init(trackarr_keys *keys, const char *prefix)
{
    static const char special[] = "*?[]\\^-";
    char *begin = keys->begin, *pattern = keys->pattern;
    if (strlen(prefix) > TRACKARR_MAX_KEY_PREFIX) return false;
    for (; *prefix; prefix++) {
        if (strchr(special, *prefix)) *pattern++ = '\\';
        *begin++ = *pattern++ = *prefix;
    }
    memcpy(begin, "peers:", sizeof "peers:");
    memcpy(pattern, "peers:*", sizeof "peers:*");
    return true;
}

/* ---- One step ---------------------------------------------------------------------------------------------------- */

/* Ask; NULL, and said: there is not a reply to each command. */
static redis_answers *walk_ask(walk *w, const redis_command *commands, size_t count, redis_taker *taker)
{
    uint64_t silence_ns = deadline_in_ms(WALK_SILENCE_MS);
    redis_answers *got = redis_ask_each(w->store, commands, count, taker,
                                        silence_ns < w->deadline_ns ? silence_ns : w->deadline_ns);
    if (got && !got->error) return got;
    trackarr_answer_fail(w->answer, TRACKARR_OUTAGE, "%s", got ? got->error : "out of memory");
    redis_answers_free(got);
    return NULL;
}

/* Whether a reply is an error; it is said. */
static bool walk_is_refused(walk *w, const redis_reply *reply)
{
    if (reply->type != REDIS_ERROR) return false;
    trackarr_answer_fail(w->answer, TRACKARR_OUTAGE, "Redis says: %s", reply->text);
    return true;
}

static bool walk_confused(walk *w, const char *command)
{
    trackarr_answer_fail(w->answer, TRACKARR_WRONG, "the reply to %s makes no sense", command);
    return false;
}

/* ---- Hashes ------------------------------------------------------------------------------------------------------ */

static bool walk_full(walk *w, trackarr_joined joined)
{
    if (joined == TRACKARR_SWARM_FULL)
        trackarr_answer_fail(w->answer, TRACKARR_WRONG, "there are more than %zu peers: raise --max-peers",
                             w->swarm->max_peers);
    else if (joined == TRACKARR_SWARM_NO_MEMORY)
        trackarr_answer_fail(w->answer, TRACKARR_OUTAGE, "out of memory");
    return joined != TRACKARR_JOINED;
}

/* The fields of a hash: names and values in turn. */
static bool walk_take_hash(walk *w, const redis_reply *reply)
{
    if (reply->type == REDIS_ERROR && strncmp(reply->text, "WRONGTYPE", 9) == 0) {
        trackarr_swarm_skip_key(w->swarm);
        return true;
    }
    if (walk_is_refused(w, reply)) return false;
    if (reply->type != REDIS_ARRAY || reply->count % 2) return walk_confused(w, "HGETALL");
    for (size_t i = 1; i < reply->count; i += 2) {
        const redis_reply *value = &reply->elements[i];
        if (value->type != REDIS_STRING) return walk_confused(w, "HGETALL");
        if (walk_full(w, trackarr_swarm_add_json(w->swarm, value->text, value->len))) return false;
    }
    return true;
}

static void walk_take(redis_taker *self, const redis_reply *reply)
{
    walk *w = TACHO_CONTAINER(self, walk, hashes);
    w->good = w->good && walk_take_hash(w, reply);
}

static bool walk_read_hashes(walk *w, const redis_command *commands, size_t count)
{
    if (count == 0) return true;
    redis_answers *got = walk_ask(w, commands, count, &w->hashes);
    redis_answers_free(got);
    return got && w->good;
}

/* The hashes of a page. */
static bool walk_read_page(walk *w, const redis_reply *page)
{
    const char *words[WALK_BATCH][2];
    size_t lens[WALK_BATCH][2], count = 0, begin = strlen(w->keys->begin);
    redis_command commands[WALK_BATCH];
    for (size_t i = 0; i < page->count; i++) {
        const redis_reply *key = &page->elements[i];
        if (key->type != REDIS_STRING) return walk_confused(w, "SCAN");
        if (key->len < begin || memcmp(key->text, w->keys->begin, begin) != 0) continue;
        words[count][0] = "HGETALL";
        words[count][1] = key->text;
        lens[count][0] = sizeof "HGETALL" - 1;
        lens[count][1] = key->len;
        commands[count] = (redis_command){ words[count], lens[count], 2 };
        if (++count < WALK_BATCH) continue;
        if (!walk_read_hashes(w, commands, count)) return false;
        count = 0;
    }
    return walk_read_hashes(w, commands, count);
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

/* The cursor and the page of a reply to SCAN; false, and said: it has another form. */
static bool walk_take_scan(walk *w, const redis_reply *reply, char cursor[WALK_MAX_CURSOR + 1])
{
    if (walk_is_refused(w, reply)) return false;
    if (reply->type != REDIS_ARRAY || reply->count != 2) return walk_confused(w, "SCAN");
    const redis_reply *next = &reply->elements[0], *page = &reply->elements[1];
    if (next->type != REDIS_STRING || next->len == 0 || next->len > WALK_MAX_CURSOR ||
        page->type != REDIS_ARRAY)
        return walk_confused(w, "SCAN");
    if (strspn(next->text, "0123456789") != next->len) return walk_confused(w, "SCAN");
    memcpy(cursor, next->text, next->len + 1);
    return walk_read_page(w, page);
}

bool trackarr_walk(redis *store, const trackarr_keys *keys, trackarr_swarm *swarm, trackarr_answer *answer,
                   uint64_t deadline_ns)
{
    walk w = { { walk_take }, true, store, keys, swarm, answer, deadline_ns };
    char cursor[WALK_MAX_CURSOR + 1] = "0";
    bool good;
    do {
        const redis_command scan = REDIS_COMMAND("SCAN", cursor, "MATCH", keys->pattern, "COUNT", WALK_PAGE);
        redis_answers *got = walk_ask(&w, &scan, 1, NULL);
        good = got && walk_take_scan(&w, got->list[0], cursor);
        redis_answers_free(got);
    } while (good && strcmp(cursor, "0") != 0);
    return good;
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

bool trackarr_used_memory(const char *info, size_t len, uint64_t *bytes)
{
    static const char name[] = "used_memory:";
    trackarr_number number;
    for (const char *line = info, *end = info + len; line < end;) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        size_t line_len = feed ? (size_t)(feed - line) : (size_t)(end - line);
        const char *value = line + sizeof name - 1;
        if (line_len >= sizeof name && memcmp(line, name, sizeof name - 1) == 0) {
            size_t value_len = line_len - (sizeof name - 1) - (line[line_len - 1] == '\r');
            if (!trackarr_number_read(&number, value, value_len) || number.kind != TRACKARR_WHOLE)
                return false;
            *bytes = number.as.whole;
            return true;
        }
        line += line_len + 1;
    }
    return false;
}

void trackarr_ask_memory(redis *store, trackarr_answer *answer, uint64_t deadline_ns)
{
    walk w = { .store = store, .answer = answer, .deadline_ns = deadline_ns };
    const redis_command info = REDIS_COMMAND("INFO", "memory");
    redis_answers *got = walk_ask(&w, &info, 1, NULL);
    uint64_t bytes;
    if (got && !walk_is_refused(&w, got->list[0])) {
        const redis_reply *reply = got->list[0];
        if (reply->type == REDIS_STRING && trackarr_used_memory(reply->text, reply->len, &bytes))
            trackarr_answer_put(answer, NULL, trackarr_whole(bytes));
        else
            (void)walk_confused(&w, "INFO memory");
    }
    redis_answers_free(got);
}
