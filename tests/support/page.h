/*
 * page.h - whole expositions, in any format and escaping, taken through reads of any size.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <tacho/expose.h>

struct page {
    char *data; /* a NUL behind it */
    size_t len;
    tacho_err err; /* what tacho_scrape_error said at the end */
};

#define PAGE_AS(as_format, as_escaping) ((tacho_scrape_options){ .format = (as_format), .escaping = (as_escaping) })

/** Scrape with a buffer of `chunk` bytes, 0: one that is large enough. Fails the cmocka test when there is no scrape. */
struct page page_take(tacho_registry *reg, tacho_scrape_options options, size_t chunk);

/** The rest of a scrape, which stays the caller's. */
struct page page_rest(tacho_scrape *scrape, size_t chunk);

void page_free(struct page *page);

/** Whether the page has this text, or these whole lines. */
bool page_has(const struct page *page, const char *text);
bool page_has_line(const struct page *page, const char *line);

/** Whether a registry's page in a format, names as its Content-Type promises, has this line. */
bool page_shows(tacho_registry *reg, tacho_format format, const char *line);

/** The page is this text, byte for byte, and whole. */
#define assert_page(reg, options, want) page_check((reg), (options), (want), __FILE__, __LINE__)

/** The page in a format, names as its Content-Type promises, has this line, or does not; if that is wrong, the page is shown. */
#define assert_line(reg, format, line) page_check_line((reg), (format), (line), true, __FILE__, __LINE__)
#define assert_no_line(reg, format, line) page_check_line((reg), (format), (line), false, __FILE__, __LINE__)

void page_check(tacho_registry *reg, tacho_scrape_options options, const char *want, const char *file, int line);
void page_check_line(tacho_registry *reg, tacho_format format, const char *text, bool wanted, const char *file, int line);

#endif
