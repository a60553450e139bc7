/*
 * exposition.h - read an exposition in the text format 0.0.4 back, strictly, and look things up in it.
 *
 * Strictly means as tacho promises to write it, which is narrower than what scrapers accept: every family is HELP, TYPE
 * and its samples, all in one place and once; one space between tokens, no empty line, no comment, no time stamp; every
 * number in one spelling; the samples of a family have the same label names in the same order, and none comes
 * twice; a counter is neither negative nor NaN; every histogram is its buckets with rising `le` and counts that do not
 * fall, +Inf, _sum, _count equal to +Inf, in this order and with the same bounds as its neighbours; every summary its
 * quantiles, if any, with rising ranks, _sum, _count. No family shows a name of another one. An exposition of no bytes is
 * valid.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stddef.h>

#include <tacho/registry.h>

/* One line with a number. Strings end in NUL; only a label value that has a NUL itself makes one shorter. */
struct exposition_sample {
    const char *series; /* name{labels}, as written */
    const char *name;
    const char *labels; /* what stands between the braces; "" without any */
    const char *text;   /* the number as written */
    double value;
    size_t family;      /* index of its family */
};

struct exposition_family {
    const char *name, *type;
    const char *help;    /* unescaped */
    size_t first, count; /* its samples */
};

/* Samples and families are in the order in which they were written: go through the arrays. */
struct exposition {
    const struct exposition_sample *samples;
    size_t count;
    const struct exposition_family *families;
    size_t family_count;
    struct exposition_index *index;
    void *memory;
};

/** Expose a registry and parse that. Fails the cmocka test, with the offending line, if it is invalid. */
struct exposition *exposition_read(tacho_registry *reg);

/**
 * Parse. NULL, and the reason with the offending line in `why`, if it is invalid (or there is no memory). Calls nothing
 * of cmocka: threads and forked children may use it. Does not depend on the locale.
 */
struct exposition *exposition_parse(const char *text, size_t len, char *why, size_t why_cap);

/** Free it. NULL is fine. */
void exposition_free(struct exposition *exposition);

/** The sample of a series such as `name` or `name{a="b",c="d"}`, labels as they are written; NULL if absent. */
const struct exposition_sample *exposition_find(const struct exposition *exposition, const char *series);

/** Its value; NAN if it is absent. */
double exposition_value(const struct exposition *exposition, const char *series);

/** Its value as written; NULL if it is absent. */
const char *exposition_text(const struct exposition *exposition, const char *series);

/** The family of a name as in TYPE; NULL if absent. */
const struct exposition_family *exposition_family(const struct exposition *exposition, const char *name);

/** How many samples have this sample name, and the sum of their values (0 for none; exact below 2^53). */
size_t exposition_count(const struct exposition *exposition, const char *name);
double exposition_sum(const struct exposition *exposition, const char *name);

#endif
