/*
 * push.c - one push to a Pushgateway: options, address, connection, request, answer.
 *
 * Everything that can be found wrong with the options is found before anything is sent. The body goes out in chunks while the
 * scrape is read; whoever fails on the way closes the connection without the last chunk, so that the server knows that it has a
 * part only. The secret is in the login and in the head of the request, and both are wiped.
 *
 * Some Pushgateways, 1.5.1 among them, take a text that breaks off for the whole if it does so at the end of a line, and replace
 * the group by a part. So no chunk ends there: up to the last one, which has the last line feed, a text is a malformed one. What
 * is left is a connection that breaks in the middle of a chunk, and just there; in protobuf even that is noticed.
 */
#define _GNU_SOURCE
#include <tacho/push.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "cause.h"
#include "clock.h"
#include "format.h"
#include "push_link.h"
#include "push_login.h"
#include "registry_internal.h"
#include "scrape.h"

#define PUSH_URL "http://127.0.0.1:9091"
#define PUSH_TIMEOUT_MS 10000
#define PUSH_RESERVE_MS 500 /* at most, for sending what was collected */
#define PUSH_MILLISECOND 1000000u
#define PUSH_CHUNK 16384
#define PUSH_CHUNK_HEAD sizeof "4000\r\n" /* and a byte too much */
#define PUSH_KEPT_MAX 8                  /* not less than the end of a chunk, "\r\n0\r\n\r\n" */
#define PUSH_TOLD "%.200s"                /* as much of an address as error texts have room for */

struct push {
    tacho_registry *reg;
    const tacho_push_options *options;
    const char *text; /* the address as it was given */
    tacho_scrape_options scrape;
    tacho__push_url url;
    tacho__push_login login;
    tacho__push_link link;
    char chunk[PUSH_CHUNK_HEAD + PUSH_CHUNK + PUSH_KEPT_MAX];
};

static tacho_err push_fail(const struct push *push, tacho_err err, const char *why)
{
    if (!tacho__push_url_is_public(push->text) && !push->url.file)
        return tacho__registry_fail(push->reg, err, "push: %s", why);
    return tacho__registry_fail(push->reg, err, "push to \"" PUSH_TOLD "\": %s", push->text, why);
}

/* What the link says; 0 is fine. */
static tacho_err push_fail_link(const struct push *push, int error, const char *what)
{
    tacho_err err = error == ETIMEDOUT ? TACHO_ERR_TIMEOUT : TACHO_ERR_IO;
    if (!error) return TACHO_OK;
    return tacho__registry_fail(push->reg, err, "push to \"" PUSH_TOLD "\": %s: %s", push->text, what, tacho__cause(error));
}

/* ---- Options ----------------------------------------------------------------------------------------------------- */

static const char *push_check_scrape(const tacho_scrape_options *scrape)
{
    if (scrape->format != TACHO_TEXT && scrape->format != TACHO_TEXT_1 && scrape->format != TACHO_PROTOBUF)
        return "a Pushgateway takes text and protobuf only";
    if ((unsigned)scrape->escaping > TACHO_ALLOW_UTF8) return "there is no such escaping";
    if (scrape->name_count && !scrape->names) return "the names are missing";
    return tacho__format_fault(scrape->format);
}

static tacho_err push_check_group(const struct push *push)
{
    const char *label, *wrong = tacho__push_group_check(push->options->job, push->options->grouping, &label);
    if (!wrong) return TACHO_OK;
    return tacho__registry_fail(push->reg, TACHO_ERR_ARG, "push: label \"%.100s\" of the group: %s", label, wrong);
}

static tacho_err push_check_login(struct push *push)
{
    const char *what, *why;
    tacho_err err = tacho__push_login_make(&push->login, push->options, &what, &why);
    return err ? tacho__registry_fail(push->reg, err, "push: the %s cannot be used: %s", what, why) : TACHO_OK;
}

static tacho_err push_check(struct push *push)
{
    const tacho_push_options *options = push->options;
    const char *wrong = tacho__push_url_read(&push->url, push->text);
    if (!wrong && (unsigned)options->method > TACHO_PUSH_DELETE) wrong = "there is no such method";
    if (!wrong && options->scrape) wrong = push_check_scrape(options->scrape);
    if (wrong) return push_fail(push, TACHO_ERR_ARG, wrong);
    if (options->scrape) push->scrape = *options->scrape;
    tacho_err err = push_check_group(push);
    return err ? err : push_check_login(push);
}

/* ---- The request ------------------------------------------------------------------------------------------------- */

/* Write the head, or measure it: `head` may be NULL. */
static size_t push_write_head(const struct push *push, const char *path, char *head, size_t cap)
{
    static const char *const methods[] = { "PUT", "POST", "DELETE" };
    bool body = push->options->method != TACHO_PUSH_DELETE;
    int len = snprintf(head, cap,
                       "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: tacho/" TACHO_VERSION "\r\n%s%s%sConnection: close\r\n",
                       methods[push->options->method], path, push->url.authority, body ? "Content-Type: " : "",
                       body ? tacho_format_content_type(push->scrape.format) : "",
                       body ? "\r\nTransfer-Encoding: chunked\r\n" : "");
    return len > 0 ? (size_t)len : 0;
}

/* The secret does not go through stdio, which may keep copies. */
static tacho_err push_send_head(struct push *push, const char *path)
{
    size_t len = push_write_head(push, path, NULL, 0), field_len = strlen(push->login.field);
    size_t size = len + field_len + sizeof "\r\n\r\n";
    char *head = tacho__alloc(size);
    if (!head) return push_fail(push, TACHO_ERR_NOMEM, "out of memory");
    (void)push_write_head(push, path, head, size);
    memcpy(head + len, push->login.field, field_len);
    memcpy(head + len + field_len, "\r\n\r\n", 4);
    len += field_len + (field_len ? 4 : 2); /* without a field only the empty line */
    int error = tacho__push_link_send(&push->link, head, len);
    tacho__wipe(head, size);
    tacho__free(head);
    return push_fail_link(push, error, "the request cannot be sent");
}

/* Send the first bytes of the chunk, framed; with `last`, also what says that all is there. */
static tacho_err push_send_chunk(struct push *push, size_t len, bool last)
{
    static const char ends[] = "\r\n0\r\n\r\n";
    char size[PUSH_CHUNK_HEAD];
    int size_len = snprintf(size, sizeof size, "%zx\r\n", len);
    char *data = push->chunk + PUSH_CHUNK_HEAD, *begin = data - size_len;
    size_t end_len = last ? strlen(ends) : strlen("\r\n"), skipped = len ? 0 : (size_t)size_len + 2;
    if (len == 0 && !last) return TACHO_OK;
    char kept[PUSH_KEPT_MAX]; /* what stands where the frame comes to stand */
    memcpy(kept, data + len, sizeof kept);
    memcpy(begin, size, (size_t)size_len);
    memcpy(data + len, ends, end_len);
    int error = tacho__push_link_send(&push->link, begin + skipped, (size_t)size_len + len + end_len - skipped);
    memcpy(data, kept, sizeof kept);
    return push_fail_link(push, error, "the page cannot be sent");
}

/* How many bytes to keep for the next chunk: what is sent must not end where a line does (see above). */
static size_t push_keep(const char *data, size_t len)
{
    size_t kept = len > 0;
    while (kept < len && kept < PUSH_KEPT_MAX && data[len - kept - 1] == '\n') kept++;
    return kept;
}

static tacho_err push_copy(struct push *push, tacho_scrape *scrape)
{
    char *data = push->chunk + PUSH_CHUNK_HEAD;
    tacho_err err = TACHO_OK;
    size_t kept = 0, len = 1;
    while (!err && !push->link.cut && len > 0) {
        len = tacho_scrape_read(scrape, data + kept, PUSH_CHUNK - kept);
        tacho_err broken = tacho_scrape_error(scrape);
        if (broken) return push_fail(push, broken, tacho_strerror(broken));
        size_t all = kept + len;
        kept = len > 0 ? push_keep(data, all) : 0;
        err = push_send_chunk(push, all - kept, len == 0);
    }
    return err;
}

/* Collectors have most of the time that is left, and no more than they are given. */
static tacho_err push_send_body(struct push *push)
{
    tacho_scrape_options options = push->scrape;
    uint64_t now = tacho__clock_ns(), until = push->link.until_ns;
    uint64_t left_ms = until > now ? (until - now) / PUSH_MILLISECOND : 0;
    left_ms -= left_ms / 10 < PUSH_RESERVE_MS ? left_ms / 10 : PUSH_RESERVE_MS;
    if (left_ms == 0) return push_fail(push, TACHO_ERR_TIMEOUT, "the time is up");
    if (!options.timeout_ms || options.timeout_ms > left_ms) options.timeout_ms = (uint32_t)left_ms;
    tacho_scrape *scrape = tacho__scrape_open_push(push->reg, &options);
    if (!scrape) return push_fail(push, TACHO_ERR_NOMEM, "out of memory");
    tacho_err err = push_copy(push, scrape);
    tacho_scrape_free(scrape);
    return err;
}

/* ---- The answer -------------------------------------------------------------------------------------------------- */

static tacho_err push_judge(const struct push *push)
{
    const tacho__push_answer *answer = &push->link.answer;
    const char *const secrets[] = { push->login.secret, push->login.encoded, NULL };
    const char *remark = answer->status < 300   ? " before it has the whole page"
                         : answer->status < 400 ? " (redirections are not followed)"
                                                : "";
    char quote[TACHO__PUSH_BODY_MAX + 1];
    if (!answer->status)
        return tacho__registry_fail(push->reg, TACHO_ERR_IO, "push to \"" PUSH_TOLD "\": the answer cannot be used: %s",
                                    push->text, answer->wrong);
    if (answer->status < 300 && !push->link.cut) return TACHO_OK;
    tacho__push_answer_quote(answer, quote, secrets);
    return tacho__registry_fail(push->reg, TACHO_ERR_IO, "push to \"" PUSH_TOLD "\": it answers %d%s%s%s", push->text,
                                answer->status, remark, *quote ? ": " : "", quote);
}

/* Once the status is there it counts, whatever becomes of the rest. */
static tacho_err push_receive(struct push *push)
{
    int error = tacho__push_link_receive(&push->link);
    if (error && !push->link.answer.status) return push_fail_link(push, error, "there is no answer");
    return push_judge(push);
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static tacho_err push_connect(struct push *push)
{
    tacho__push_addresses addresses;
    const char *why = NULL;
    tacho_err err = tacho__push_resolve(&addresses, &push->url, push->link.until_ns, &why);
    if (err) return push_fail(push, err, why);
    return push_fail_link(push, tacho__push_link_open(&push->link, &addresses), "no connection");
}

static tacho_err push_talk(struct push *push)
{
    const tacho_push_options *options = push->options;
    tacho_buffer path;
    tacho_buffer_init(&path);
    tacho_err err = tacho__push_path_write(&path.sink, &push->url, options->job, options->grouping);
    err = err ? push_fail(push, err, "out of memory") : push_connect(push);
    if (!err) err = push_send_head(push, path.data);
    tacho_buffer_fini(&path);
    if (!err && options->method != TACHO_PUSH_DELETE) err = push_send_body(push);
    return err ? err : push_receive(push);
}

tacho_err tacho_push(tacho_registry *reg, const tacho_push_options *options)
{
    if (!reg) return TACHO_ERR_ARG;
    if (!options) return tacho__registry_fail(reg, TACHO_ERR_ARG, "push: the options are missing");
    struct push *push = tacho__alloc(sizeof *push);
    if (!push) return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "push: out of memory");
    uint64_t timeout_ms = options->timeout_ms ? options->timeout_ms : PUSH_TIMEOUT_MS;
    push->reg = reg;
    push->options = options;
    push->text = options->url ? options->url : PUSH_URL;
    push->link.fd = -1;
    push->link.until_ns = tacho__clock_ns() + timeout_ms * PUSH_MILLISECOND;
    tacho_err err = push_check(push);
    if (!err) err = push_talk(push);
    tacho__push_link_close(&push->link);
    tacho__wipe(push, sizeof *push);
    tacho__free(push);
    return err;
}
