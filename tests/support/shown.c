/*
 * shown.c - what a registry shows.
 */
#define _GNU_SOURCE /* memmem */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "exposition.h"
#include "shown.h"

void shown_check(tacho_registry *reg, const char *series, const char *want, const char *file, int line)
{
    struct exposition *page = exposition_read(reg);
    const char *text = exposition_text(page, series);
    bool same = want && text ? strcmp(text, want) == 0 : want == text;
    if (!same) {
        print_error("%s is %s, but should be %s\n", series, text ? text : "not there", want ? want : "not there");
        _fail(file, line);
    }
    exposition_free(page);
}

double shown_value(tacho_registry *reg, const char *series)
{
    struct exposition *page = exposition_read(reg);
    const struct exposition_sample *sample = exposition_find(page, series);
    double value = sample ? sample->value : 0;
    exposition_free(page);
    return value;
}

double shown_misuse(tacho_registry *reg, const char *kind)
{
    char series[64];
    (void)snprintf(series, sizeof series, "tacho_misuse_total{kind=\"%s\"}", kind);
    return shown_value(reg, series);
}

bool shown_line(tacho_registry *reg, const char *line, size_t len)
{
    tacho_buffer page;
    tacho_buffer_init(&page);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
    char *framed = malloc(len + 2);
    assert_non_null(framed);
    framed[0] = framed[len + 1] = '\n'; /* the first line of all is a HELP, so every other has an LF before it */
    memcpy(framed + 1, line, len);
    bool found = memmem(page.data, page.len, framed, len + 2) != NULL;
    free(framed);
    tacho_buffer_fini(&page);
    return found;
}
