/*
 * shown.h - what a registry shows, asked one series at a time. Every question takes a whole exposition and reads it
 * strictly, so each is also a check that everything else in it is valid.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include <stdbool.h>
#include <stddef.h>

#include <tacho/registry.h>

/** The series `name` or `name{a="b"}` is there, and its number is written like this; NULL: it is not there. */
#define assert_shown(reg, series, want) shown_check((reg), (series), (want), __FILE__, __LINE__)

/** Its value; 0 for a series that is not there. */
double shown_value(tacho_registry *reg, const char *series);

/** How many calls broke this rule, as tacho_misuse_total tells. */
double shown_misuse(tacho_registry *reg, const char *kind);

/** Whether these bytes are a line, or several; for label values with a NUL inside. */
bool shown_line(tacho_registry *reg, const char *line, size_t len);

void shown_check(tacho_registry *reg, const char *series, const char *want, const char *file, int line);

#endif
