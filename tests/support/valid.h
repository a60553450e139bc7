/*
 * valid.h - whether a page is valid in its format, as narrowly as tacho promises to write it.
 *
 * Text formats (0.0.4, 1.0.0, OpenMetrics): metadata in the order of the format and once, families in one place each and
 * once, names in quotes exactly where they need them, samples with a name of their family's type, labels once and alike in
 * a family, no series twice, numbers in one spelling, buckets that rise up to their count, exemplars where they may be, units
 * that are suffixes, `# EOF`; and what OpenMetrics forbids of values. JSON and CSV: their grammar, and names of members and
 * columns. Protobuf: see proto.h. Calls nothing of cmocka.
 */
#ifndef VALID_H
#define VALID_H

#include <stdbool.h>
#include <stddef.h>

#include <tacho/expose.h>

/** False, and the reason in `why`, with the place, if the page is not valid. */
bool valid_page(const char *page, size_t len, tacho_format format, tacho_escaping escaping, char *why, size_t why_cap);

/** The parts of it. */
bool valid_lines(const char *page, size_t len, tacho_format format, tacho_escaping escaping, char *why, size_t why_cap);
bool valid_json(const char *page, size_t len, char *why, size_t why_cap);
bool valid_csv(const char *page, size_t len, char *why, size_t why_cap);

/** A page in CSV as sample lines of the text format, which it is to be the same as; the caller frees them. */
char *valid_csv_lines(const char *page, size_t len);

#endif
