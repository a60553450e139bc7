/*
 * push.h - for jobs that are over before anybody scrapes them: a file for node_exporter, or a push to a Pushgateway.
 *
 *   tacho_gauge_set(last_success, (double)time(NULL));
 *   err = tacho_textfile_write(reg, "/var/lib/prometheus/node-exporter/backup.prom", NULL);
 *
 *   tacho_push_options push = { .url = "http://push.example.org:9091", .job = "backup" };
 *   err = tacho_push(reg, &push);
 *
 * Prefer the file where the job belongs to one machine: it needs no network, and it goes when the machine does. What was pushed
 * stays with the Pushgateway until it is replaced or deleted. Neither is a way to make a daemon push: Prometheus could not tell
 * any more whether it is up.
 *
 * A scraper sees the moment of the scrape, not that of the job, so show the time in a gauge (last_success_timestamp_seconds) and
 * alert on its age. Make the registry with `no_self_metrics` if nobody asks for tacho's own of a job that runs for seconds.
 *
 * Both calls are made by the thread that wants them, block it until they are through, and run the ordinary collectors on it.
 * They raise no signal, and the other threads count on meanwhile.
 */
#ifndef TACHO_PUSH_H
#define TACHO_PUSH_H

#include <tacho/expose.h>

TACHO_BEGIN_DECLS

/** Zero or NULL means default. */
typedef struct tacho_textfile_options {
    const tacho_scrape_options *scrape; /* what to write, and in which format; NULL: everything, in text 0.0.4, which is what
                                           node_exporter reads. `no_wait` does not matter */
    uint32_t mode;                      /* of the file, whatever the umask is; 0644; no bits beyond 0777 */
} tacho_textfile_options;

/**
 * Write the exposition to a file, so that whoever opens `path` sees the whole old one or the whole new one, also after a crash
 * of the machine. node_exporter reads files that end in ".prom".
 *
 * A temporary file, .tacho-RANDOM.tmp, is written in the same directory, flushed to the disk and renamed; then the directory is
 * flushed. The directory must be readable and writable. What is at `path` has to be a regular file or nothing: a symbolic link
 * is not followed, and a device not replaced. The new file belongs to who writes it.
 *
 * On an error the old file is what it was, and the temporary one is gone (a process that is killed leaves it). TACHO_ERR_IO:
 * errno says why; only when it was the directory that could not be flushed, the new file is in place. TACHO_ERR_ARG: no path, no
 * such mode, or an option of the scrape makes no sense. TACHO_ERR_NOMEM; or tacho_scrape_error's, as TACHO_ERR_BUSY.
 * tacho_registry_error has the words, with the path.
 */
TACHO_API tacho_err tacho_textfile_write(tacho_registry *reg, const char *path,
                                         const tacho_textfile_options *options); /* [shared | O(lines), disk | 0.1] */

/** What a push does to the group, which is what was pushed with the same job and grouping before. */
typedef enum tacho_push_method {
    TACHO_PUSH_REPLACE = 0, /* PUT: all of the group is replaced by this */
    TACHO_PUSH_MERGE = 1,   /* POST: families of these names are replaced, the others stay */
    TACHO_PUSH_DELETE = 2   /* DELETE: the group is removed; nothing of the registry is sent */
} tacho_push_method;

/** Zero or NULL means default. Everything is borrowed for the call. */
typedef struct tacho_push_options {
    const char *url;   /* "http://127.0.0.1:9091", with a prefix behind it if the Pushgateway has one, "http://[::1]:9091/push";
                          or "unix:/run/push.sock". TLS is not spoken: let a proxy on this machine do it */
    const char *job;   /* required, not empty */
    const tacho_constant *grouping; /* further labels of the group, ended by a name NULL, at most 16; any value of UTF-8, also an
                                       empty one or with '/'. They and `job` take the place of labels of these names on samples */
    tacho_push_method method;
    const tacho_scrape_options *scrape; /* what to send; NULL: everything, in text 0.0.4. `format` is TACHO_TEXT, TACHO_TEXT_1
                                           or TACHO_PROTOBUF: with native histograms, and with gauge histograms as histograms,
                                           since a Pushgateway that has one fails all scrapes. `no_wait` does not matter */
    uint32_t timeout_ms; /* for all of it: name, connection, collectors, sending, answer; 10,000. An ordinary collector is
                            asked to stop (tacho_emitter_expired) and cannot be left */
    /* A bearer token, or a user and a password. Of a file the first line counts, less the blanks around it. An empty secret is
       an error, never "none". They are sent as they are: only over a network that you trust, or to a proxy on this machine. */
    const char *token, *token_file;
    const char *user, *password, *password_file;
} tacho_push_options;

/**
 * Push the exposition to a Pushgateway, or delete a group there. Once; it is the caller's to try again.
 *
 * The body is sent while it is made, in chunks (HTTP/1.1), so that it needs 16 KiB however long it is; when it breaks off the
 * Pushgateway keeps what it had. (Some, 1.5.1 among them, do not notice when a network breaks a text off just at the end of a
 * line; protobuf has no such place.) Time stamps are not sent, since it refuses them: it is the time of the scrape that counts.
 *
 * A host that is no address and not "localhost" is looked up with getaddrinfo on a thread of its own, since that cannot be given
 * a deadline; when the time passes first, that thread ends when the lookup does. In a statically linked program names are looked
 * up only if the program calls getaddrinfo itself, and else refused.
 *
 * TACHO_ERR_ARG: an option makes no sense. TACHO_ERR_IO: no connection, it broke, a file could not be read, or the answer is no
 * HTTP or not a 2xx; then the words have the status and the first bytes of what the server says, made printable. TACHO_ERR_TIMEOUT:
 * the time is up; whether the group was replaced is not known then. TACHO_ERR_NOMEM; or tacho_scrape_error's.
 * tacho_registry_error has the words; never a token or password, which is not kept, either.
 */
TACHO_PUSH_API tacho_err tacho_push(tacho_registry *reg,
                                    const tacho_push_options *options); /* [shared | O(lines), network | 0.1] */

TACHO_END_DECLS

#endif
