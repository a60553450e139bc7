/*
 * grpc_server.c - one place per method with the handles of all its series, found by path and filled at the start.
 *
 * The families are defined from the end of a call to its beginning, which is the order in which a scrape reads them: so
 * it does not see more calls ended than begun.
 */
#include "grpc_server.h"

#include <stdlib.h>
#include <string.h>

#include "rows.h"

const char *const grpc_type_names[GRPC_TYPES + 1] = { "unary", "client_stream", "server_stream", "bidi_stream",
                                                      NULL };
const char *const grpc_code_names[GRPC_CODES + 1] = {
    "OK",           "Canceled",         "Unknown",           "InvalidArgument",    "DeadlineExceeded", "NotFound",
    "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted",          "OutOfRange",
    "Unimplemented", "Internal",         "Unavailable",       "DataLoss",           "Unauthenticated",  NULL,
};

typedef struct grpc_vecs {
    tacho_counter_vec *handled, *sent, *received, *started;
    tacho_histogram_vec *seconds;
} grpc_vecs;

struct grpc_served {
    grpc_type type;
    char *service, *method; /* the first is the block that holds both */
    tacho_counter *started, *received, *sent, *handled[GRPC_CODES];
    tacho_histogram *seconds; /* NULL: not shown */
};

struct grpc_server {
    tacho_registry *reg;
    tacho_desc *rows;
    size_t row_count;
    grpc_vecs vecs;
    size_t method_count;
    grpc_served methods[];
};

/* Never counted into: it only gives the table places to name, which rows_move finds again in a real object. */
static grpc_vecs grpc_shape;

enum { GRPC_ROW_SECONDS = 0, GRPC_ROW_HANDLED = 1 };

static const tacho_desc grpc_rows[] = {
    [GRPC_ROW_SECONDS] = { .histogram_vec = &grpc_shape.seconds, .name = "grpc_server_handling_seconds",
        .unit = "seconds", TACHO_BUCKETS(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        .labels = { "grpc_type", "grpc_service", "grpc_method" }, .values = { grpc_type_names },
        .help = "Seconds from the start of a call to its end in the handler." },
    [GRPC_ROW_HANDLED] = { .counter_vec = &grpc_shape.handled, .name = "grpc_server_handled_total",
        .labels = { "grpc_type", "grpc_service", "grpc_method", "grpc_code" },
        .values = { grpc_type_names, NULL, NULL, grpc_code_names },
        .help = "Calls that ended on this server, by status code." },
    { .counter_vec = &grpc_shape.sent, .name = "grpc_server_msg_sent_total",
      .labels = { "grpc_type", "grpc_service", "grpc_method" }, .values = { grpc_type_names },
      .help = "Messages this server sent to its clients." },
    { .counter_vec = &grpc_shape.received, .name = "grpc_server_msg_received_total",
      .labels = { "grpc_type", "grpc_service", "grpc_method" }, .values = { grpc_type_names },
      .help = "Messages this server received from its clients." },
    { .counter_vec = &grpc_shape.started, .name = "grpc_server_started_total",
      .labels = { "grpc_type", "grpc_service", "grpc_method" }, .values = { grpc_type_names },
      .help = "Calls that began on this server." },
};

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

/* Where a path is split: its service, of `len` bytes, and its method. */
typedef struct grpc_names {
    const char *service, *method;
    size_t len;
} grpc_names;

static grpc_names grpc_split(const char *path)
{
    static const char unknown[] = "unknown";
    if (!path) path = "";
    if (*path == '/') path++;
    const char *slash = strchr(path, '/');
    if (!slash) return (grpc_names){ unknown, unknown, sizeof unknown - 1 };
    return (grpc_names){ path, slash + 1, (size_t)(slash - path) };
}

const grpc_served *grpc_server_find(const grpc_server *grpc, const char *path)
{
    grpc_names names = grpc_split(path);
    for (size_t i = 0; grpc && i < grpc->method_count; i++) {
        const grpc_served *method = &grpc->methods[i];
        if (strncmp(method->service, names.service, names.len) == 0 && method->service[names.len] == '\0' &&
            strcmp(method->method, names.method) == 0)
            return method;
    }
    return NULL;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static bool grpc_name(grpc_served *method, const char *path)
{
    grpc_names names = grpc_split(path);
    size_t bytes = strlen(names.method) + 1;
    method->service = malloc(names.len + 1 + bytes);
    if (!method->service) return false;
    memcpy(method->service, names.service, names.len);
    method->service[names.len] = '\0';
    method->method = method->service + names.len + 1;
    memcpy(method->method, names.method, bytes);
    return true;
}

static void grpc_make_series(const grpc_vecs *vecs, grpc_served *method, bool has_seconds)
{
    const char *type = grpc_type_names[method->type];
    const tacho_labels labels = { (const char *const[]){ type, method->service, method->method }, NULL, 3 };
    method->started = tacho_counter_at(vecs->started, labels);
    method->received = tacho_counter_at(vecs->received, labels);
    method->sent = tacho_counter_at(vecs->sent, labels);
    if (has_seconds) method->seconds = tacho_histogram_at(vecs->seconds, labels);
    for (size_t code = 0; code < GRPC_CODES; code++)
        method->handled[code] = tacho_counter_at(
            vecs->handled, TACHO_LABELS(type, method->service, method->method, grpc_code_names[code]));
}

static bool grpc_define(grpc_server *grpc, const char *prefix, bool has_seconds)
{
    size_t first = has_seconds ? GRPC_ROW_SECONDS : GRPC_ROW_HANDLED;
    uint32_t methods = grpc->method_count > 0 ? (uint32_t)grpc->method_count : 1;
    grpc->row_count = TACHO_COUNT(grpc_rows) - first;
    grpc->rows = rows_copy(grpc_rows + first, grpc->row_count, prefix);
    if (!grpc->rows) return false;
    for (size_t i = 0; i < grpc->row_count; i++) {
        rows_move(&grpc->rows[i], &grpc_shape, &grpc->vecs);
        grpc->rows[i].max_series = methods * (i + first == GRPC_ROW_HANDLED ? GRPC_CODES : 1);
    }
    if (tacho_registry_define(grpc->reg, grpc->rows, grpc->row_count) == TACHO_OK) return true;
    tacho_registry_undefine(grpc->reg, grpc->rows, grpc->row_count);
    return false;
}

static bool grpc_open(grpc_server *grpc, const grpc_server_options *options)
{
    for (size_t i = 0; i < options->method_count; i++) {
        grpc_served *method = &grpc->methods[grpc->method_count];
        if (grpc_server_find(grpc, options->methods[i].path)) continue;
        if (!grpc_name(method, options->methods[i].path)) return false;
        method->type = options->methods[i].type;
        grpc->method_count++;
    }
    if (!grpc_define(grpc, options->prefix, options->has_seconds)) return false;
    for (size_t i = 0; i < grpc->method_count; i++)
        grpc_make_series(&grpc->vecs, &grpc->methods[i], options->has_seconds);
    return true;
}

/* Everything but the families. */
static void grpc_release(grpc_server *grpc)
{
    for (size_t i = 0; i < grpc->method_count; i++) free(grpc->methods[i].service);
    free(grpc->rows);
    free(grpc);
}

static bool grpc_types_exist(const grpc_server_options *options)
{
    for (size_t i = 0; i < options->method_count; i++)
        if ((unsigned)options->methods[i].type >= GRPC_TYPES) return false;
    return true;
}

grpc_server *grpc_server_new(tacho_registry *reg, const grpc_server_options *options)
{
    static const grpc_server_options defaults = { 0 };
    if (!options) options = &defaults;
    if (!grpc_types_exist(options)) return NULL;
    grpc_server *grpc = calloc(1, sizeof *grpc + options->method_count * sizeof grpc->methods[0]);
    if (!grpc) return NULL;
    grpc->reg = reg;
    if (grpc_open(grpc, options)) return grpc;
    grpc_release(grpc);
    return NULL;
}

void grpc_server_free(grpc_server *grpc)
{
    if (!grpc) return;
    tacho_registry_undefine(grpc->reg, grpc->rows, grpc->row_count);
    grpc_release(grpc);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

void grpc_server_started(const grpc_served *method)
{
    if (method) tacho_counter_inc(method->started);
}

void grpc_server_msg_received(const grpc_served *method)
{
    if (method) tacho_counter_inc(method->received);
}

void grpc_server_msg_sent(const grpc_served *method)
{
    if (method) tacho_counter_inc(method->sent);
}

void grpc_server_handled(const grpc_served *method, grpc_code code, double seconds)
{
    if (!method) return;
    tacho_counter_inc(method->handled[(unsigned)code < GRPC_CODES ? code : GRPC_UNKNOWN]);
    if (method->seconds) tacho_histogram_observe(method->seconds, seconds);
}
