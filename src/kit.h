/*
 * kit.h - the kit for users' tests (tacho_test.h) from inside: lines of a page, words about them, and who may ask.
 *
 * A page is taken as text and read again, so that what a test sees is what a scraper sees. Lines are read more leniently than they
 * are written, since people write some of them: blanks and a last comma in the braces are fine.
 */
#ifndef TACHO_KIT_H
#define TACHO_KIT_H

#include <tacho/tacho_test.h>

#include "internal.h"

/* A name or value; of an escaped one the bytes are as they stand between quotes. */
struct tacho__kit_text {
    const char *at;
    size_t len;
    bool escaped;
};

#define TACHO__KIT_LABELS 128

struct tacho__kit_label {
    struct tacho__kit_text name, value;
};

/* No name comes twice. */
struct tacho__kit_labels {
    size_t count;
    struct tacho__kit_label at[TACHO__KIT_LABELS];
};

enum tacho__kit_kind { TACHO__KIT_NOTHING, TACHO__KIT_SAMPLE, TACHO__KIT_HELP, TACHO__KIT_TYPE, TACHO__KIT_UNIT };

/* One line, in pieces that point into it. */
struct tacho__kit_line {
    enum tacho__kit_kind kind;
    struct tacho__kit_text text;   /* all of it, without blanks at its ends */
    struct tacho__kit_text series; /* of a sample: what stands before its number */
    struct tacho__kit_text name;
    struct tacho__kit_text braces; /* what is between them */
    struct tacho__kit_text value;  /* a number, or the text of metadata */
    struct tacho__kit_text rest;   /* exemplar and time stamp */
};

/* ---- kit_line.c ----------------------------------------------------------------------------------------------------- */

/** Take a line apart. NULL, or why that fails. */
TACHO_INTERNAL const char *tacho__kit_line_read(struct tacho__kit_line *line, const char *at, size_t len);

/** The same for the name of a series, without a number. */
TACHO_INTERNAL const char *tacho__kit_series_read(struct tacho__kit_line *line, const char *series);

/** The labels of a line, which are known to be right. */
TACHO_INTERNAL const char *tacho__kit_labels_read(struct tacho__kit_labels *labels, const struct tacho__kit_text *braces);

/** Equal when written without escapes. */
TACHO_INTERNAL bool tacho__kit_text_same(struct tacho__kit_text a, struct tacho__kit_text b);

/** Whether the values of a label are the same; bounds and ranks are numbers. */
TACHO_INTERNAL bool tacho__kit_value_same(const struct tacho__kit_label *a, const struct tacho__kit_label *b);

/** Whether each label of `some` is in `all`; an empty value is none. */
TACHO_INTERNAL bool tacho__kit_labels_within(const struct tacho__kit_labels *some, const struct tacho__kit_labels *all);

/** The same in both directions. */
TACHO_INTERNAL bool tacho__kit_labels_same(const struct tacho__kit_labels *a, const struct tacho__kit_labels *b);

/** A number that does not depend on the order of labels, nor on how bounds are written. */
TACHO_INTERNAL uint64_t tacho__kit_series_hash(struct tacho__kit_text name, const struct tacho__kit_labels *labels);

/** Read a number in any locale. False: it is none. */
TACHO_INTERNAL bool tacho__kit_number(struct tacho__kit_text text, double *number);

/* ---- kit_page.c ----------------------------------------------------------------------------------------------------- */

/** Take a page. What is returned owes tacho_buffer_fini, also after an error, which is put in words. */
TACHO_INTERNAL tacho_err tacho__kit_page_take(tacho_buffer *page, tacho_registry *reg, const tacho_scrape_options *options,
                                              tacho_buffer *words);

/** The next line that is something, at `*at`, which moves on; false: there is none, or it is faulty, which `why` says. */
TACHO_INTERNAL bool tacho__kit_page_next(const char **at, const char *end, struct tacho__kit_line *line, const char **why);

/** Append words. Out of memory they are cut. */
TACHO_INTERNAL void tacho__kit_say(tacho_buffer *words, const char *format, ...) TACHO_PRINTF(2, 3);

/** Append a text as it stands between quotes. */
TACHO_INTERNAL void tacho__kit_say_text(tacho_buffer *words, struct tacho__kit_text text);
TACHO_INTERNAL void tacho__kit_say_series(tacho_buffer *words, struct tacho__kit_text name, const struct tacho__kit_labels *labels);
TACHO_INTERNAL void tacho__kit_say_number(tacho_buffer *words, double number);

/** Hand the words to the caller: into `why`, or to standard error; and let go of them. */
TACHO_INTERNAL void tacho__kit_tell(tacho_buffer *words, char *why, size_t why_size);

/* ---- kit_value.c ---------------------------------------------------------------------------------------------------- */

/* What a query found: the series; others with its labels' names; others; a family without any; nothing. */
enum tacho__kit_found {
    TACHO__KIT_FOUND,
    TACHO__KIT_NO_VALUE,
    TACHO__KIT_NO_LABEL,
    TACHO__KIT_NO_SERIES,
    TACHO__KIT_NO_NAME,
    TACHO__KIT_FAILED
};

struct tacho__kit_query {
    struct tacho__kit_text name;
    struct tacho__kit_labels labels;
};

/** What is asked for, or words about what is wrong with it. */
TACHO_INTERNAL tacho_err tacho__kit_query_read(struct tacho__kit_query *query, const char *series, tacho_buffer *words);

/** The value, NaN if it is not there, or words about that. */
TACHO_INTERNAL enum tacho__kit_found tacho__kit_query_find(const struct tacho__kit_query *query, tacho_registry *reg, double *value,
                                                           tacho_buffer *words);

/* ---- kit_near.c ----------------------------------------------------------------------------------------------------- */

/** Say what there is instead, given the page of the families asked for. */
TACHO_INTERNAL void tacho__kit_near_say(const struct tacho__kit_query *query, enum tacho__kit_found found, tacho_registry *reg,
                                        const tacho_buffer *page, tacho_buffer *words);

/** The options of a scrape that shows names as they are; some samples are only in OpenMetrics. */
TACHO_INTERNAL tacho_scrape_options tacho__kit_options(struct tacho__kit_text name);

/* ---- kit_alloc.c ---------------------------------------------------------------------------------------------------- */

/* Between these the calling thread gets all the memory that there is, and none is counted. */
TACHO_INTERNAL void tacho__kit_exempt_begin(void);
TACHO_INTERNAL void tacho__kit_exempt_end(void);

#endif
