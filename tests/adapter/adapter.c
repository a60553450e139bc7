/*
 * adapter.c - a script of metrics in, one exposition out, through the public interface only.
 *
 *   adapter FORMAT ESCAPING <script
 *   adapter lint <script            what tacho_registry_lint finds, in place of an exposition
 *   adapter describe <script        what tacho_registry_describe writes
 *
 * FORMAT is text, text1, om, proto, json or csv; ESCAPING underscores, dots, values or allow-utf-8. Script lines are fields
 * between tabs: new, op, ex, time, created, unregister (see usage). A line that the library refuses is reported as
 * `refused N` on standard error, and the script goes on.
 * Needs: OPENMETRICS PROTOBUF JSON LINT
 */
#define _GNU_SOURCE
#include <tacho/tacho.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "family.h"
#include "fields.h"
#include "keep.h"

static const char usage[] =
    "usage: adapter FORMAT ESCAPING <script\n"
    "       adapter lint|describe <script\n"
    "FORMAT: text text1 om proto json csv. ESCAPING: underscores dots values allow-utf-8.\n"
    "Script lines, fields between tabs; \\t \\n \\r \\\\ \\xHH are escapes:\n"
    "  new TYPE NAME HELP UNIT LABELS [KEY=VALUE...]\n"
    "  op NAME VERB ARG VALUES...\n"
    "  ex NAME VERB ARG PAIRS TIME VALUES...\n"
    "  time SECONDS | created on | created off | unregister NAME\n";

static const char *const adapter_formats[] = { "text", "text1", "om", "proto", "json", "csv" };
static const char *const adapter_escapings[] = { "underscores", "dots", "values", "allow-utf-8" };

/* Everything that a script changes. */
typedef struct adapter {
    tacho_clock clock;
    double now;
    bool no_created;
    tacho_registry *reg;
    family *families;
} adapter;

static double adapter_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, adapter, clock)->now;
}

static int adapter_find(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0) return i;
    return -1;
}

static bool adapter_new(adapter *self, const fields *line)
{
    family *made = family_new(self->reg, line);
    if (!made) return false;
    made->next = self->families;
    self->families = made;
    return true;
}

static family *adapter_family(const adapter *self, field name)
{
    family *at = self->families;
    while (at && !field_is(name, at->name)) at = at->next;
    return at;
}

static bool adapter_op(const adapter *self, const fields *line)
{
    family *on = line->count >= 4 ? adapter_family(self, line->at[1]) : NULL;
    return on && family_op(on, line->at[2], line->at[3], NULL, line, 4);
}

/* `k=v;k2=v2` */
static bool adapter_pairs(field text, tacho_pair *pairs, size_t *count)
{
    for (*count = 0; text.len > 0; (*count)++) {
        field pair = field_cut(&text, ';'), name = field_cut(&pair, '=');
        if (*count == FIELDS_MAX || !field_is_text(name) || !field_is_text(pair)) return false;
        pairs[*count] = (tacho_pair){ field_text(name), field_text(pair) };
    }
    return true;
}

static bool adapter_ex(const adapter *self, const fields *line)
{
    tacho_pair pairs[FIELDS_MAX];
    tacho_exemplar exemplar = { .pairs = pairs };
    family *on = line->count >= 6 ? adapter_family(self, line->at[1]) : NULL;
    if (!on || !adapter_pairs(line->at[4], pairs, &exemplar.count)) return false;
    if (line->at[5].len && !field_number(line->at[5], &exemplar.timestamp)) return false;
    return family_op(on, line->at[2], line->at[3], &exemplar, line, 6);
}

static bool adapter_unregister(adapter *self, field name)
{
    family **at = &self->families;
    while (*at && !field_is(name, (*at)->name)) at = &(*at)->next;
    family *gone = *at;
    if (!gone || tacho_registry_undefine(self->reg, &gone->desc, 1)) return false;
    *at = gone->next; /* its row stays where it is */
    return true;
}

/* False: the line was refused. */
static bool adapter_line(adapter *self, const fields *line)
{
    if (line->count == 0) return true;
    field verb = line->at[0];
    if (field_is(verb, "new")) return adapter_new(self, line);
    if (field_is(verb, "op")) return adapter_op(self, line);
    if (field_is(verb, "ex")) return adapter_ex(self, line);
    if (line->count != 2) return false;
    if (field_is(verb, "time")) return field_number(line->at[1], &self->now);
    if (field_is(verb, "unregister")) return adapter_unregister(self, line->at[1]);
    if (!field_is(verb, "created")) return false;
    self->no_created = field_is(line->at[1], "off");
    return self->no_created || field_is(line->at[1], "on");
}

static void adapter_script(adapter *self, FILE *script)
{
    char *text = NULL;
    size_t cap = 0;
    unsigned long number = 0;
    for (ssize_t len; (len = getline(&text, &cap, script)) >= 0;) {
        fields line;
        number++;
        if (len > 0 && text[len - 1] == '\n') len--;
        if (len == 0 || text[0] == '#') continue;
        if (!fields_split(&line, text, (size_t)len) || !adapter_line(self, &line))
            fprintf(stderr, "refused %lu\n", number);
        fields_free(&line);
    }
    free(text);
}

static int adapter_write(const adapter *self, int format, int escaping)
{
    static char buf[65536];
    const char *size = getenv("ADAPTER_BUFFER"); /* how the exposition is cut makes no difference, which tests show */
    size_t cap = size ? (size_t)strtoul(size, NULL, 10) : sizeof buf;
    if (cap == 0 || cap > sizeof buf) cap = sizeof buf;
    tacho_scrape *scrape = tacho_scrape_open(
        self->reg, &(tacho_scrape_options){ .format = (tacho_format)format, .escaping = (tacho_escaping)escaping,
                                            .no_created = self->no_created });
    if (!scrape) return 1;
    for (size_t len; (len = tacho_scrape_read(scrape, buf, cap)) > 0;) (void)fwrite(buf, 1, len, stdout);
    int failed = tacho_scrape_error(scrape) != TACHO_OK;
    tacho_scrape_free(scrape);
    return failed;
}

static int adapter_lint(const adapter *self)
{
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, STDOUT_FILENO);
    (void)tacho_registry_lint(self->reg, &out.sink);
    return 0;
}

static int adapter_describe(const adapter *self)
{
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, STDOUT_FILENO);
    return tacho_registry_describe(self->reg, &out.sink) != TACHO_OK;
}

int main(int argc, char **argv)
{
    bool lint = argc == 2 && strcmp(argv[1], "lint") == 0;
    bool describe = argc == 2 && strcmp(argv[1], "describe") == 0;
    int format = argc == 3 ? adapter_find(argv[1], adapter_formats, (int)TACHO_COUNT(adapter_formats)) : -1;
    int escaping = argc == 3 ? adapter_find(argv[2], adapter_escapings, (int)TACHO_COUNT(adapter_escapings)) : -1;
    if (!lint && !describe && (format < 0 || escaping < 0)) {
        fputs(usage, stderr);
        return 2;
    }
    adapter self = { .clock = { adapter_now }, .now = 1700000000.125 };
    self.reg = tacho_registry_new(&(tacho_registry_options){
        .no_self_metrics = 1, .utf8_names = 1, .created = 1, .clock = &self.clock });
    if (!self.reg) return 1;
    adapter_script(&self, stdin);
    int status = lint ? adapter_lint(&self) : describe ? adapter_describe(&self) : adapter_write(&self, format, escaping);
    tacho_registry_free(self.reg);
    keep_end();
    return fflush(stdout) == 0 ? status : 1;
}
