/*
 * negotiate.c - which format a client gets: its Accept field (RFC 9110, 12.5.1) against what can be had.
 *
 * What a clause asks for is a range of this tree. The five at the right end are expositions that can be had:
 *
 *   anything --+-- any text --------- text/plain ------------------- version 0.0.4, version 1.0.0
 *              +-- any application -- application/openmetrics-text - version 1.0.0, version 0.0.1
 *   (apart) ------------------------- application/vnd.google.protobuf with its proto and encoding=delimited
 *
 * The field is read once. Of the clauses for one range that with the highest q is kept, of equals the first. Then:
 *   I1  The closest range around an exposition that has a clause says what the client thinks of it, and no other
 *       range does; q=0 refuses it.
 *   I2  A range means the first exposition inside it that is not refused, in the order text 0.0.4, text 1.0.0,
 *       OpenMetrics 1.0.0, 0.0.1. So a wildcard means text 0.0.4; beside a refused text/plain, "anything" means
 *       OpenMetrics, the readable one of what is left.
 *   I3  Only its own clause leads to protobuf. "Any application" leads nowhere, it can only refuse.
 *   I4  Of what is meant the highest q wins, then the closer range, then the earlier clause. If nothing is left, be it
 *       because all was refused, text 0.0.4 is served: a scraper can do more with it than with an error.
 * So nothing is served that the client ranks below another exposition that it names. An exposition that this build of the
 * library leaves out is not in the tree, and its clauses fit nothing.
 *
 * Names compare without case, values with it. A parameter that matters may come twice if it says the same; others are
 * ignored. Blanks may stand around '='. A version that is not in the tree fits nothing.
 *
 * A clause ends at a comma outside of strings. A quote opens a string only behind '=', and not if nothing closes it:
 * what is malformed spoils its own clause and no other. Finding that out means looking at the rest of the field, but
 * happens once: all quotes behind such a one stand behind backslashes. So the time is linear.
 */
#include <tacho/expose.h>

#include <stdbool.h>
#include <string.h>

#include "format.h"

/* ---- Content-Types -------------------------------------------------------------------------------------- */

#define NEGOTIATE_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define NEGOTIATE_TEXT_1_TYPE "text/plain; version=1.0.0; charset=utf-8"
#define NEGOTIATE_OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define NEGOTIATE_OPENMETRICS_0_TYPE "application/openmetrics-text; version=0.0.1; charset=utf-8"
#define NEGOTIATE_PROTOBUF_TYPE \
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"

const char *tacho_format_content_type(tacho_format format)
{
    switch (format) {
    case TACHO_TEXT: return NEGOTIATE_TEXT_TYPE;
    case TACHO_TEXT_1: return NEGOTIATE_TEXT_1_TYPE "; escaping=allow-utf-8";
    case TACHO_OPENMETRICS: return NEGOTIATE_OPENMETRICS_TYPE;
    case TACHO_PROTOBUF: return NEGOTIATE_PROTOBUF_TYPE;
    case TACHO_JSON: return "application/json";
    case TACHO_CSV: return "text/csv; charset=utf-8; header=present";
    }
    return NEGOTIATE_TEXT_TYPE;
}

/* ---- Ranges --------------------------------------------------------------------------------------------- */

/* The expositions first, in the order of I2. */
enum negotiate_range {
    NEGOTIATE_TEXT,
    NEGOTIATE_TEXT_1,
    NEGOTIATE_OPENMETRICS,
    NEGOTIATE_OPENMETRICS_0,
    NEGOTIATE_PROTOBUF,
    NEGOTIATE_TEXT_PLAIN,
    NEGOTIATE_OPENMETRICS_TEXT,
    NEGOTIATE_ANY_TEXT,
    NEGOTIATE_ANY_APPLICATION,
    NEGOTIATE_ANYTHING,
    NEGOTIATE_RANGES, /* how many; also: none of them */
    NEGOTIATE_EXPOSITIONS = NEGOTIATE_PROTOBUF + 1
};

enum negotiate_version { NEGOTIATE_NO_VERSION, NEGOTIATE_0_0_1, NEGOTIATE_0_0_4, NEGOTIATE_1_0_0 };

static const struct negotiate_place {
    const char *media;
    enum negotiate_version version;
    enum negotiate_range wider;
    int closeness;
} negotiate_places[NEGOTIATE_RANGES] = {
    [NEGOTIATE_TEXT] = { "text/plain", NEGOTIATE_0_0_4, NEGOTIATE_TEXT_PLAIN, 3 },
    [NEGOTIATE_TEXT_1] = { "text/plain", NEGOTIATE_1_0_0, NEGOTIATE_TEXT_PLAIN, 3 },
    [NEGOTIATE_OPENMETRICS] = { "application/openmetrics-text", NEGOTIATE_1_0_0, NEGOTIATE_OPENMETRICS_TEXT, 3 },
    [NEGOTIATE_OPENMETRICS_0] = { "application/openmetrics-text", NEGOTIATE_0_0_1, NEGOTIATE_OPENMETRICS_TEXT, 3 },
    [NEGOTIATE_PROTOBUF] = { "application/vnd.google.protobuf", NEGOTIATE_NO_VERSION, NEGOTIATE_RANGES, 3 },
    [NEGOTIATE_TEXT_PLAIN] = { "text/plain", NEGOTIATE_NO_VERSION, NEGOTIATE_ANY_TEXT, 2 },
    [NEGOTIATE_OPENMETRICS_TEXT] = { "application/openmetrics-text", NEGOTIATE_NO_VERSION,
                                     NEGOTIATE_ANY_APPLICATION, 2 },
    [NEGOTIATE_ANY_TEXT] = { "text/*", NEGOTIATE_NO_VERSION, NEGOTIATE_ANYTHING, 1 },
    [NEGOTIATE_ANY_APPLICATION] = { "application/*", NEGOTIATE_NO_VERSION, NEGOTIATE_ANYTHING, 1 },
    [NEGOTIATE_ANYTHING] = { "*/*", NEGOTIATE_NO_VERSION, NEGOTIATE_RANGES, 0 },
};

#define NEGOTIATE_ALIKE(type) { type, type, type, type }
#define NEGOTIATE_EACH(type) \
    { type "; escaping=underscores", type "; escaping=dots", type "; escaping=values", type "; escaping=allow-utf-8" }

static const struct negotiate_answer {
    tacho_format format;
    const char *content_types[4]; /* by tacho_escaping */
} negotiate_answers[NEGOTIATE_EXPOSITIONS] = {
    [NEGOTIATE_TEXT] = { TACHO_TEXT, NEGOTIATE_ALIKE(NEGOTIATE_TEXT_TYPE) },
    [NEGOTIATE_TEXT_1] = { TACHO_TEXT_1, NEGOTIATE_EACH(NEGOTIATE_TEXT_1_TYPE) },
    [NEGOTIATE_OPENMETRICS] = { TACHO_OPENMETRICS, NEGOTIATE_EACH(NEGOTIATE_OPENMETRICS_TYPE) },
    [NEGOTIATE_OPENMETRICS_0] = { TACHO_OPENMETRICS, NEGOTIATE_ALIKE(NEGOTIATE_OPENMETRICS_0_TYPE) },
    [NEGOTIATE_PROTOBUF] = { TACHO_PROTOBUF, NEGOTIATE_EACH(NEGOTIATE_PROTOBUF_TYPE) },
};

/* ---- Words ---------------------------------------------------------------------------------------------- */

static bool negotiate_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char negotiate_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool negotiate_is_token(char c)
{
    char lower = negotiate_lower(c);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Bytes that a quoted string may have, as they are or behind a backslash: no control characters. */
static bool negotiate_is_text(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

/* A part of the field; inside a string backslashes stand before what is meant. */
struct negotiate_word {
    const char *at, *end;
    bool string;
};

/* The next character, or -1. */
static int negotiate_take(struct negotiate_word *word)
{
    if (word->at == word->end) return -1;
    if (word->string && *word->at == '\\') word->at++;
    return (unsigned char)*word->at++;
}

static bool negotiate_equals(struct negotiate_word word, const char *want)
{
    while (*want)
        if (negotiate_take(&word) != (unsigned char)*want++) return false;
    return word.at == word.end;
}

/* The same for a word in lower case, without case. */
static bool negotiate_names(struct negotiate_word word, const char *lower)
{
    if ((size_t)(word.end - word.at) != strlen(lower)) return false;
    while (*lower)
        if (negotiate_lower(*word.at++) != *lower++) return false;
    return true;
}

static void negotiate_skip_blanks(struct negotiate_word *rest)
{
    while (rest->at < rest->end && negotiate_is_blank(*rest->at)) rest->at++;
}

static bool negotiate_skip(struct negotiate_word *rest, char c)
{
    if (rest->at == rest->end || *rest->at != c) return false;
    rest->at++;
    return true;
}

/* Split off a token. */
static bool negotiate_token(struct negotiate_word *rest, struct negotiate_word *token)
{
    *token = (struct negotiate_word){ rest->at, rest->at, false };
    while (token->end < rest->end && negotiate_is_token(*token->end)) token->end++;
    rest->at = token->end;
    return token->at < token->end;
}

/* Split off a token or a quoted string. */
static bool negotiate_value(struct negotiate_word *rest, struct negotiate_word *value)
{
    if (!negotiate_skip(rest, '"')) return negotiate_token(rest, value);
    *value = (struct negotiate_word){ rest->at, rest->at, true };
    while (rest->at < rest->end && *rest->at != '"') {
        if (*rest->at == '\\' && ++rest->at == rest->end) return false;
        if (!negotiate_is_text(*rest->at++)) return false;
    }
    value->end = rest->at;
    return negotiate_skip(rest, '"');
}

/* ---- One clause ----------------------------------------------------------------------------------------- */

enum negotiate_parameter {
    NEGOTIATE_VERSION,
    NEGOTIATE_ESCAPING,
    NEGOTIATE_PROTO,
    NEGOTIATE_ENCODING,
    NEGOTIATE_Q,
    NEGOTIATE_PARAMETERS
};

static const struct negotiate_words {
    const char *name;
    const char *values[4];
} negotiate_words[NEGOTIATE_Q] = {
    [NEGOTIATE_VERSION] = { "version", { "0.0.1", "0.0.4", "1.0.0" } },                       /* negotiate_version */
    [NEGOTIATE_ESCAPING] = { "escaping", { "underscores", "dots", "values", "allow-utf-8" } }, /* tacho_escaping */
    [NEGOTIATE_PROTO] = { "proto", { "io.prometheus.client.MetricFamily" } },
    [NEGOTIATE_ENCODING] = { "encoding", { "delimited" } },
};

/* What the parameters say. 0: nothing; 1 and up: the values above, or q in thousandths plus 1. */
struct negotiate_clause {
    struct negotiate_word media;
    int says[NEGOTIATE_PARAMETERS];
};

enum { NEGOTIATE_UNKNOWN = 5 };

/* q in thousandths: 0 to 1 with at most three decimals. -1: malformed. */
static int negotiate_thousandths(struct negotiate_word value)
{
    int whole = negotiate_take(&value), q = whole == '1' ? 1000 : 0, c = negotiate_take(&value);
    if ((whole != '0' && whole != '1') || (c >= 0 && c != '.')) return -1;
    for (int unit = 100; (c = negotiate_take(&value)) >= 0; unit /= 10) {
        if (c < '0' || c > '9' || unit == 0) return -1;
        q += (c - '0') * unit;
    }
    return q <= 1000 ? q : -1;
}

static int negotiate_meaning(enum negotiate_parameter parameter, struct negotiate_word value)
{
    for (int i = 0; i < 4 && negotiate_words[parameter].values[i]; i++)
        if (negotiate_equals(value, negotiate_words[parameter].values[i])) return i + 1;
    return NEGOTIATE_UNKNOWN;
}

/* Returns whether it is well-formed and says nothing against what was said before. */
static bool negotiate_note(struct negotiate_clause *clause, struct negotiate_word name, struct negotiate_word value)
{
    enum negotiate_parameter parameter = NEGOTIATE_VERSION;
    while (parameter < NEGOTIATE_Q && !negotiate_names(name, negotiate_words[parameter].name)) parameter++;
    if (parameter == NEGOTIATE_Q && !negotiate_names(name, "q")) return true;
    int says = parameter == NEGOTIATE_Q ? negotiate_thousandths(value) + 1 : negotiate_meaning(parameter, value);
    if (says == 0 || (clause->says[parameter] && clause->says[parameter] != says)) return false;
    clause->says[parameter] = says;
    return true;
}

static bool negotiate_read_parameter(struct negotiate_word *rest, struct negotiate_clause *clause)
{
    struct negotiate_word name, value;
    if (!negotiate_token(rest, &name)) return false;
    negotiate_skip_blanks(rest);
    if (!negotiate_skip(rest, '=')) return false;
    negotiate_skip_blanks(rest);
    return negotiate_value(rest, &value) && negotiate_note(clause, name, value);
}

/* TYPE/SUBTYPE and its parameters, each behind a semicolon, some of them empty. False: malformed. */
static bool negotiate_read_clause(struct negotiate_word rest, struct negotiate_clause *clause)
{
    struct negotiate_word subtype;
    *clause = (struct negotiate_clause){ .says = { 0 } };
    negotiate_skip_blanks(&rest);
    if (!negotiate_token(&rest, &clause->media) || !negotiate_skip(&rest, '/') || !negotiate_token(&rest, &subtype))
        return false;
    clause->media.end = subtype.end;
    for (negotiate_skip_blanks(&rest); rest.at < rest.end; negotiate_skip_blanks(&rest)) {
        if (!negotiate_skip(&rest, ';')) return false;
        negotiate_skip_blanks(&rest);
        if (rest.at == rest.end || *rest.at == ';') continue;
        if (!negotiate_read_parameter(&rest, clause)) return false;
    }
    return true;
}

static enum negotiate_range negotiate_find(const struct negotiate_clause *clause)
{
    enum negotiate_range range = 0;
    while (range < NEGOTIATE_RANGES && !(negotiate_names(clause->media, negotiate_places[range].media) &&
                                         clause->says[NEGOTIATE_VERSION] == (int)negotiate_places[range].version))
        range++;
    bool binary = clause->says[NEGOTIATE_PROTO] == 1 && clause->says[NEGOTIATE_ENCODING] == 1;
    return range == NEGOTIATE_PROTOBUF && !binary ? NEGOTIATE_RANGES : range;
}

/* ---- All of them ---------------------------------------------------------------------------------------- */

/* The clause at `at`: up to the next comma, or to the end. */
static struct negotiate_word negotiate_clause_at(const char *at)
{
    struct negotiate_word clause = { at, at, false };
    const char *string = NULL;
    char last = '\0'; /* that was no blank */
    for (; *at && (string || *at != ','); at++) {
        if (string && *at == '\\' && at[1])
            at++;
        else if (*at == '"' && (string || last == '='))
            string = string ? NULL : at;
        if (!negotiate_is_blank(*at)) last = *at;
    }
    const char *comma = string ? strchr(string, ',') : NULL;
    clause.end = comma ? comma : at;
    return clause;
}

/* The best clause for a range. */
struct negotiate_claim {
    int weight; /* 0: there is none; else q in thousandths plus 1 */
    tacho_escaping escaping;
    size_t order;
};

static void negotiate_read(const char *accept, struct negotiate_claim claims[NEGOTIATE_RANGES])
{
    for (size_t order = 0;; order++) {
        struct negotiate_clause clause;
        struct negotiate_word text = negotiate_clause_at(accept);
        bool readable = negotiate_read_clause(text, &clause);
        enum negotiate_range range = readable ? negotiate_find(&clause) : NEGOTIATE_RANGES;
        int weight = clause.says[NEGOTIATE_Q] ? clause.says[NEGOTIATE_Q] : 1001;
        int escaping = clause.says[NEGOTIATE_ESCAPING];
        if (range < NEGOTIATE_RANGES && weight > claims[range].weight) {
            bool known = escaping && escaping != NEGOTIATE_UNKNOWN;
            claims[range].weight = weight;
            claims[range].escaping = known ? (tacho_escaping)(escaping - 1) : TACHO_UNDERSCORES;
            claims[range].order = order;
        }
        if (*text.end == '\0') return;
        accept = text.end + 1;
    }
}

/* I4, for two ranges that have a clause. */
static bool negotiate_beats(const struct negotiate_claim *claims, enum negotiate_range a, enum negotiate_range b)
{
    if (claims[a].weight != claims[b].weight) return claims[a].weight > claims[b].weight;
    int closer = negotiate_places[a].closeness - negotiate_places[b].closeness;
    return closer ? closer > 0 : claims[a].order < claims[b].order;
}

tacho_offer tacho_format_negotiate(const char *accept)
{
    struct negotiate_claim claims[NEGOTIATE_RANGES] = { { 0 } };
    /* Ranges that mean an exposition already, or none (I2, I3). */
    bool spent[NEGOTIATE_RANGES] = { [NEGOTIATE_ANY_APPLICATION] = true };
    enum negotiate_range best = NEGOTIATE_RANGES, chosen = NEGOTIATE_TEXT;
    if (accept) negotiate_read(accept, claims);
    for (enum negotiate_range exposition = 0; exposition < NEGOTIATE_EXPOSITIONS; exposition++) {
        enum negotiate_range range = exposition;
        if (!tacho__format_writer(negotiate_answers[exposition].format)) continue;
        while (range < NEGOTIATE_RANGES && !claims[range].weight) range = negotiate_places[range].wider;
        if (range == NEGOTIATE_RANGES || claims[range].weight == 1) continue;
        if (!spent[range] && (best == NEGOTIATE_RANGES || negotiate_beats(claims, range, best))) {
            best = range;
            chosen = exposition;
        }
        for (range = exposition; range < NEGOTIATE_RANGES; range = negotiate_places[range].wider) spent[range] = true;
    }
    tacho_escaping escaping = best < NEGOTIATE_RANGES ? claims[best].escaping : TACHO_UNDERSCORES;
    const struct negotiate_answer *answer = &negotiate_answers[chosen];
    return (tacho_offer){ answer->format, escaping, answer->content_types[escaping] };
}
