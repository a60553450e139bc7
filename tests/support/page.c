/*
 * page.c - whole expositions in one buffer.
 */
#define _GNU_SOURCE /* memmem */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "page.h"

struct page page_rest(tacho_scrape *scrape, size_t chunk)
{
    struct page page = { 0 };
    size_t cap = 1 << 16, len;
    page.data = malloc(cap);
    assert_non_null(page.data);
    do {
        if (page.len + (chunk ? chunk : 1 << 14) >= cap) {
            page.data = realloc(page.data, cap = 2 * cap + chunk);
            assert_non_null(page.data);
        }
        size_t want = chunk ? chunk : cap - page.len - 1;
        len = tacho_scrape_read(scrape, page.data + page.len, want);
        assert_true(len <= want);
        page.len += len;
    } while (len > 0);
    page.data[page.len] = '\0';
    page.err = tacho_scrape_error(scrape);
    return page;
}

struct page page_take(tacho_registry *reg, tacho_scrape_options options, size_t chunk)
{
    tacho_scrape *scrape = tacho_scrape_open(reg, &options);
    assert_non_null(scrape);
    struct page page = page_rest(scrape, chunk);
    tacho_scrape_free(scrape);
    return page;
}

void page_free(struct page *page)
{
    free(page->data);
    *page = (struct page){ 0 };
}

bool page_has(const struct page *page, const char *text)
{
    return memmem(page->data, page->len, text, strlen(text)) != NULL;
}

bool page_has_line(const struct page *page, const char *line)
{
    size_t len = strlen(line);
    for (size_t at = 0; at + len < page->len;) {
        const char *found = memmem(page->data + at, page->len - at, line, len);
        if (!found) return false;
        at = (size_t)(found - page->data);
        bool begins = at == 0 || found[-1] == '\n';
        if (begins && at + len < page->len && found[len] == '\n') return true;
        at++;
    }
    return false;
}

static struct page page_of(tacho_registry *reg, tacho_format format)
{
    tacho_scrape *scrape = tacho_scrape_new(reg, format);
    assert_non_null(scrape);
    struct page page = page_rest(scrape, 0);
    tacho_scrape_free(scrape);
    return page;
}

bool page_shows(tacho_registry *reg, tacho_format format, const char *line)
{
    struct page page = page_of(reg, format);
    bool shows = page_has_line(&page, line);
    page_free(&page);
    return shows;
}

void page_check(tacho_registry *reg, tacho_scrape_options options, const char *want, const char *file, int line)
{
    struct page page = page_take(reg, options, 0);
    size_t same = 0, len = strlen(want);
    while (same < len && same < page.len && page.data[same] == want[same]) same++;
    if (same < len || same < page.len || page.err) {
        print_error("error %d; the same up to byte %zu, there `%.120s`, but should be `%.120s`; whole:\n%s\n", (int)page.err,
                    same, page.data + same, want + same, page.data);
        page_free(&page);
        _fail(file, line);
    }
    page_free(&page);
}

void page_check_line(tacho_registry *reg, tacho_format format, const char *text, bool wanted, const char *file, int line)
{
    struct page page = page_of(reg, format);
    if (page_has_line(&page, text) != wanted) {
        print_error("`%s` is %s in:\n%s\n", text, wanted ? "missing" : "shown", page.data);
        page_free(&page);
        _fail(file, line);
    }
    page_free(&page);
}
