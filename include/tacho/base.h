/*
 * base.h - version, errors and label values: what every other header needs.
 *
 * Contracts. Every function says in brackets who may call it when, what it costs, and since which version:
 *   hot     any thread at any time, signal handlers and forked children included; lock-free, allocates
 *           nothing, cannot fail
 *   shared  any thread; may lock or allocate
 *   owner   one thread at a time per object
 */
#ifndef TACHO_BASE_H
#define TACHO_BASE_H

#include <stddef.h>
#include <stdint.h>

#include <tacho/cpu.h>

#define TACHO_VERSION "0.1.0"
#define TACHO_VERSION_NUMBER 100 /* major * 10000 + minor * 100 + patch */
/* Counts changes of what the inlines compile into their callers; the library refuses a caller of another one. */
#define TACHO_ABI 2

#define TACHO_API TACHO_VISIBLE

/*
 * Parts that a build of the library may leave out: -DTACHO_HTTP=OFF for CMake, which tells its callers by TACHO_NO_HTTP, or that
 * macro on the command line of whoever compiles library and callers himself. So can be left out:
 *
 *   TACHO_HTTP          http.h, and with it the page           TACHO_PUSH      tacho_push
 *   TACHO_PAGE          the page at "/"                        TACHO_PROCESS   process.h
 *   TACHO_OPENMETRICS   that format                            TACHO_LINT      lint.h
 *   TACHO_PROTOBUF      that format
 *   TACHO_JSON          JSON and CSV, and with them describe.h and the page
 *
 * To use a function of a part that is not there is an error of the compiler, which names the option. A format that is not there
 * is never negotiated and has no path; asking for it fails like asking for one that does not exist, in words that name the option.
 */
#ifdef TACHO_NO_HTTP
#define TACHO_HTTP_API TACHO_UNAVAILABLE("the library was built without it (TACHO_HTTP=OFF)")
#else
#define TACHO_HTTP_API TACHO_API
#endif
#ifdef TACHO_NO_JSON
#define TACHO_JSON_API TACHO_UNAVAILABLE("the library was built without it (TACHO_JSON=OFF)")
#else
#define TACHO_JSON_API TACHO_API
#endif
#ifdef TACHO_NO_PUSH
#define TACHO_PUSH_API TACHO_UNAVAILABLE("the library was built without it (TACHO_PUSH=OFF)")
#else
#define TACHO_PUSH_API TACHO_API
#endif
#ifdef TACHO_NO_PROCESS
#define TACHO_PROCESS_API TACHO_UNAVAILABLE("the library was built without it (TACHO_PROCESS=OFF)")
#else
#define TACHO_PROCESS_API TACHO_API
#endif
#ifdef TACHO_NO_LINT
#define TACHO_LINT_API TACHO_UNAVAILABLE("the library was built without it (TACHO_LINT=OFF)")
#else
#define TACHO_LINT_API TACHO_API
#endif

#define TACHO_MAX_LABELS 16        /* of a family */
#define TACHO_MAX_LABEL_BYTES 1024 /* of a value; what is longer is cut, see tacho_labels */

TACHO_BEGIN_DECLS

/** Outcome of a call that can fail. Values are frozen; new causes are appended. */
typedef enum tacho_err {
    TACHO_OK = 0,
    TACHO_ERR_NOMEM = 1,     /* allocation failed, or the byte budget is spent; nothing was changed */
    TACHO_ERR_DESC = 2,      /* a descriptor breaks a rule; tacho_registry_error says which */
    TACHO_ERR_DUPLICATE = 3, /* this name or collector is already taken */
    TACHO_ERR_ORDER = 4,     /* a sample outside its family, or a family that was not announced */
    TACHO_ERR_IO = 5,        /* a sink failed: errno says why; or a server or file: tacho_registry_error does */
    TACHO_ERR_ARG = 6,       /* an argument is NULL or out of range, or the label count is wrong */
    TACHO_ERR_MISSING = 7,   /* no such series, family or collector */
    TACHO_ERR_BUSY = 8,      /* somebody else holds it for longer than the wait allows */
    TACHO_ERR_ABI = 9,       /* the caller was compiled against another TACHO_ABI */
    TACHO_ERR_COLLECT = 10,  /* a collector could not read its source */
    TACHO_ERR_TIMEOUT = 11,  /* a deadline passed first */
    TACHO_ERR_FORKED = 12    /* it belongs to the process that this one was forked from */
} tacho_err;

/** Name a cause in words, in English. Never NULL, also for values this version does not know. */
TACHO_API const char *tacho_strerror(tacho_err err); /* [hot | O(1) | 0.1] */

/** The version of the library that is linked, as in TACHO_VERSION. */
TACHO_API const char *tacho_version(void); /* [hot | O(1) | 0.1] */

/**
 * Label values in the order of the descriptor's labels, borrowed for the call.
 *
 * Values are UTF-8 of at most TACHO_MAX_LABEL_BYTES. Invalid bytes become U+FFFD; a longer value is cut at a
 * code point and gets 16 hexadecimal digits of its hash; both are counted in tacho_label_values_repaired_total.
 * An empty value equals an absent label.
 */
typedef struct tacho_labels {
    const char *const *values; /* `count` of them */
    const size_t *lengths;     /* bytes of each, for values that do not end in NUL, or may be NULL when they are empty;
                                  NULL: they all end in NUL */
    size_t count;
} tacho_labels;

/* None, for families without; and how many elements an array has. */
#define TACHO_NO_LABELS TACHO_CAST(tacho_labels, NULL, NULL, 0)
#define TACHO_COUNT(array) (sizeof(array) / sizeof *(array))

/** A wall clock; embed it and find your object with TACHO_CONTAINER. */
typedef struct tacho_clock {
    /** Unix time in seconds. Called from any thread, and from signal handlers that record exemplars. */
    double (*now)(struct tacho_clock *self);
} tacho_clock;

/** Find the object around an embedded interface. */
#define TACHO_CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

TACHO_END_DECLS

/* TACHO_LABELS("GET", "/index"): label values for one call, gone with the full expression. */
#ifndef __cplusplus
#define TACHO_CAST(type, ...) ((type){ __VA_ARGS__ })
#define TACHO_LABELS(...)                                       \
    ((tacho_labels){ (const char *const[]){ __VA_ARGS__ }, NULL, \
                     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *) })
#else
#define TACHO_CAST(type, ...) (type{ __VA_ARGS__ })
template <size_t Count> struct tacho_label_array {
    const char *values[Count];
    operator tacho_labels() const { return tacho_labels{ values, nullptr, Count }; }
};
template <typename... Value> tacho_label_array<sizeof...(Value)> tacho_label_values(Value... value)
{
    return tacho_label_array<sizeof...(Value)>{ { value... } };
}
#define TACHO_LABELS(...) (static_cast<tacho_labels>(tacho_label_values(__VA_ARGS__)))
#endif

#endif
