/*
 * grpc_server.h - the metrics of a gRPC server, with the names and labels that Go servers use: calls that came in,
 * messages in both directions, how calls ended.
 *
 * Name the methods once, and all their series are there from the start with 0: one each, and one for each of the 17
 * codes that a call can end with. Then say what happens:
 *
 *   static const grpc_method methods[] = { { GRPC_UNARY, "/scheduler.v2.Scheduler/StatPeer" } };
 *   grpc_server *grpc = grpc_server_new(reg, &(grpc_server_options){ .methods = methods, .method_count = 1 });
 *   const grpc_served *stat = grpc_server_find(grpc, "/scheduler.v2.Scheduler/StatPeer");  // once, and keep it
 *   ...
 *   grpc_server_started(stat);       // a call arrives
 *   grpc_server_msg_received(stat);  // unary: once, before the handler; streams: for each message
 *   grpc_server_msg_sent(stat);      // unary: once, if there is no error; streams: for each message
 *   grpc_server_handled(stat, GRPC_OK, 0.012);
 *
 * The four calls may come from any thread at any time between grpc_server_new and grpc_server_free. They cannot fail,
 * take no lock and allocate nothing; for a method that is NULL they do nothing.
 */
#ifndef EXAMPLES_GRPC_SERVER_H
#define EXAMPLES_GRPC_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include <tacho/tacho.h>

/** The value of the label `grpc_type`. */
typedef enum grpc_type {
    GRPC_UNARY = 0,
    GRPC_CLIENT_STREAM, /* many messages in, one out */
    GRPC_SERVER_STREAM,
    GRPC_BIDI_STREAM,
    GRPC_TYPES
} grpc_type;

/** How a call ended, by its number on the wire; the label `grpc_code` spells it as Go does. */
typedef enum grpc_code {
    GRPC_OK = 0,
    GRPC_CANCELED,
    GRPC_UNKNOWN,
    GRPC_INVALID_ARGUMENT,
    GRPC_DEADLINE_EXCEEDED,
    GRPC_NOT_FOUND,
    GRPC_ALREADY_EXISTS,
    GRPC_PERMISSION_DENIED,
    GRPC_RESOURCE_EXHAUSTED,
    GRPC_FAILED_PRECONDITION,
    GRPC_ABORTED,
    GRPC_OUT_OF_RANGE,
    GRPC_UNIMPLEMENTED,
    GRPC_INTERNAL,
    GRPC_UNAVAILABLE,
    GRPC_DATA_LOSS,
    GRPC_UNAUTHENTICATED,
    GRPC_CODES
} grpc_code;

/** Their spellings, NULL-terminated, in the order of the enums. */
extern const char *const grpc_type_names[GRPC_TYPES + 1];
extern const char *const grpc_code_names[GRPC_CODES + 1];

/**
 * A method that the server has. The path "/package.Service/Method" gives the labels `grpc_service` and `grpc_method`,
 * split at its second slash; one without it gives "unknown" for both.
 */
typedef struct grpc_method {
    grpc_type type;
    const char *path;
} grpc_method;

/** Zero means default. */
typedef struct grpc_server_options {
    const char *prefix;         /* in front of every family name; copied */
    const grpc_method *methods; /* copied; a path that comes twice counts as it comes first */
    size_t method_count;
    bool has_seconds; /* show grpc_server_handling_seconds as well, a histogram per method */
} grpc_server_options;

typedef struct grpc_server grpc_server;
typedef struct grpc_served grpc_served; /* a method being counted */

/**
 * Define the families and make all series. NULL when a family is refused (tacho_registry_error), out of memory, or a
 * method has a type that does not exist.
 */
grpc_server *grpc_server_new(tacho_registry *reg, const grpc_server_options *options);

/** Take the families out of the registry, which is still there, and free everything. NULL is fine. */
void grpc_server_free(grpc_server *grpc);

/** The method with this path, or NULL: it was not named. It lives as long as the server. */
const grpc_served *grpc_server_find(const grpc_server *grpc, const char *path);

/** A call arrived: grpc_server_started_total. */
void grpc_server_started(const grpc_served *method);

/** A message came from the client: grpc_server_msg_received_total. */
void grpc_server_msg_received(const grpc_served *method);

/** A message went to the client: grpc_server_msg_sent_total. */
void grpc_server_msg_sent(const grpc_served *method);

/**
 * The handler returned: grpc_server_handled_total, and grpc_server_handling_seconds if it is shown. A code that does
 * not exist counts as Unknown.
 */
void grpc_server_handled(const grpc_served *method, grpc_code code, double seconds);

#endif
