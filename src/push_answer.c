/*
 * push_answer.c - the answer to a push (RFC 9110 and 9112, the strict reading).
 *
 * Read byte by byte: lines are put together in `line`, and judged when they end. Answers of 1xx are passed over.
 *   I1  `head_len` never passes TACHO__PUSH_HEAD_MAX, and neither does `line_len`.
 *   I2  Once the state is TACHO__PUSH_DONE nothing is read any more.
 *   I3  A chunk has at least a byte, and the body that is kept is full soon: what is looked at behind a head is bounded.
 */
#define _GNU_SOURCE
#include "push_answer.h"

#include <string.h>

#include "http_text.h"
#include "num.h"

#define ANSWER_CHUNK_LINE_MAX 256
#define ANSWER_CHUNK_DIGITS_MAX 15
#define ANSWER_LENGTH_DIGITS_MAX 18
#define ANSWER_SECRET_MIN 6 /* so many bytes of a secret are enough to keep a body back */

static bool answer_is_control(char c)
{
    return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

/* ---- Heads ------------------------------------------------------------------------------------------------------- */

static void answer_reject(tacho__push_answer *answer, const char *wrong)
{
    answer->wrong = wrong;
    answer->state = TACHO__PUSH_DONE;
}

/* HTTP/1.1 200 OK */
static void answer_status_line(tacho__push_answer *answer)
{
    const char *line = answer->line;
    size_t len = answer->line_len;
    if (len < 12 || memcmp(line, "HTTP/1.", 7) != 0 || !tacho__http_is_digit(line[7]) || line[8] != ' ' ||
        !tacho__http_is_digit(line[9]) || !tacho__http_is_digit(line[10]) || !tacho__http_is_digit(line[11]) ||
        (len > 12 && line[12] != ' ')) {
        answer_reject(answer, "it is not HTTP/1");
        return;
    }
    answer->minor = line[7] != '0';
    answer->coming = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (answer->coming < 100 || answer->coming > 599 || answer->coming == 101)
        answer_reject(answer, "its status makes no sense");
    answer->has_length = answer->chunked = false;
    answer->left = 0;
    answer->state = answer->wrong ? TACHO__PUSH_DONE : TACHO__PUSH_FIELDS;
}

static const char *answer_take_length(tacho__push_answer *answer, const char *value, size_t len)
{
    if (answer->has_length) return "its length comes twice";
    answer->has_length = true;
    bool fits = len <= ANSWER_LENGTH_DIGITS_MAX && tacho__num_read_u64(value, len, &answer->left);
    return fits ? NULL : "its length is no number";
}

static const char *answer_take_coding(tacho__push_answer *answer, const char *value, size_t len)
{
    if (answer->chunked || !tacho__http_same(value, len, "chunked")) return "its transfer coding is not known";
    answer->chunked = true;
    return NULL;
}

static const char *answer_field(tacho__push_answer *answer)
{
    tacho__http_field field;
    if (!tacho__http_field_read(&field, answer->line, answer->line + answer->line_len)) return "its head is malformed";
    size_t len = (size_t)(field.end - field.value);
    if (tacho__http_field_is(&field, "content-length")) return answer_take_length(answer, field.value, len);
    if (tacho__http_field_is(&field, "transfer-encoding")) return answer_take_coding(answer, field.value, len);
    return NULL;
}

/* The empty line. */
static void answer_head_end(tacho__push_answer *answer)
{
    if (answer->chunked && (answer->has_length || answer->minor == 0)) {
        answer_reject(answer, "where it ends is told twice");
        return;
    }
    if (answer->coming < 200) {
        answer->state = TACHO__PUSH_STATUS_LINE;
        return;
    }
    answer->status = answer->coming;
    bool empty = answer->status < 300 || answer->status == 304 || (answer->has_length && answer->left == 0);
    answer->state = empty              ? TACHO__PUSH_DONE
                    : answer->chunked  ? TACHO__PUSH_CHUNK_SIZE
                    : answer->has_length ? TACHO__PUSH_BODY
                                         : TACHO__PUSH_BODY_TO_END;
}

static void answer_head_line(tacho__push_answer *answer)
{
    if (answer->state == TACHO__PUSH_STATUS_LINE) {
        answer_status_line(answer);
    } else if (answer->line_len == 0) {
        answer_head_end(answer);
    } else {
        const char *wrong = answer_field(answer);
        if (wrong) answer_reject(answer, wrong);
    }
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* HEX, or HEX;EXTENSIONS */
static void answer_chunk_size(tacho__push_answer *answer)
{
    size_t at = 0;
    answer->left = 0;
    for (; at < answer->line_len; at++) {
        char c = answer->line[at], lower = (char)(c | 0x20);
        bool letter = lower >= 'a' && lower <= 'f';
        if (!tacho__http_is_digit(c) && !letter) break;
        answer->left = answer->left << 4 | (uint64_t)(letter ? lower - 'a' + 10 : c - '0');
    }
    if (at == 0 || at > ANSWER_CHUNK_DIGITS_MAX || (at < answer->line_len && answer->line[at] != ';'))
        answer_reject(answer, "its body is malformed");
    else
        answer->state = answer->left ? TACHO__PUSH_CHUNK : TACHO__PUSH_DONE;
}

static void answer_line(tacho__push_answer *answer)
{
    switch (answer->state) {
    case TACHO__PUSH_STATUS_LINE:
    case TACHO__PUSH_FIELDS: answer_head_line(answer); break;
    case TACHO__PUSH_CHUNK_SIZE: answer_chunk_size(answer); break;
    case TACHO__PUSH_CHUNK_END:
        answer->state = TACHO__PUSH_CHUNK_SIZE;
        if (answer->line_len > 0) answer_reject(answer, "its body is malformed");
        break;
    case TACHO__PUSH_BODY:
    case TACHO__PUSH_BODY_TO_END:
    case TACHO__PUSH_CHUNK:
    case TACHO__PUSH_DONE: break; /* these have no lines */
    }
}

/* A byte of a line; a carriage return stands before the line feed, and nowhere else. */
static void answer_line_byte(tacho__push_answer *answer, char c)
{
    bool head = answer->state == TACHO__PUSH_STATUS_LINE || answer->state == TACHO__PUSH_FIELDS;
    bool returned = answer->line_len > 0 && answer->line[answer->line_len - 1] == '\r';
    const char *malformed = head ? "its head is malformed" : "its body is malformed";
    if (head && ++answer->head_len > TACHO__PUSH_HEAD_MAX) {
        answer_reject(answer, "its head is longer than 16 KiB");
    } else if (returned != (c == '\n') || (c != '\r' && c != '\n' && answer_is_control(c)) ||
               (!head && answer->line_len == ANSWER_CHUNK_LINE_MAX)) {
        answer_reject(answer, malformed);
    } else if (c == '\n') {
        answer->line_len--;
        answer_line(answer);
        answer->line_len = 0;
    } else {
        answer->line[answer->line_len++] = c;
    }
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static void answer_body_byte(tacho__push_answer *answer, char c)
{
    answer->body[answer->body_len++] = c;
    if (answer->body_len == sizeof answer->body)
        answer->state = TACHO__PUSH_DONE;
    else if (answer->state != TACHO__PUSH_BODY_TO_END && --answer->left == 0)
        answer->state = answer->state == TACHO__PUSH_CHUNK ? TACHO__PUSH_CHUNK_END : TACHO__PUSH_DONE;
}

void tacho__push_answer_read(tacho__push_answer *answer, const char *bytes, size_t len)
{
    for (; len > 0 && answer->state != TACHO__PUSH_DONE; bytes++, len--) {
        bool body = answer->state == TACHO__PUSH_BODY || answer->state == TACHO__PUSH_BODY_TO_END ||
                    answer->state == TACHO__PUSH_CHUNK;
        if (body)
            answer_body_byte(answer, *bytes);
        else
            answer_line_byte(answer, *bytes);
    }
}

/* A body that is cut off is shown as far as it came: the status was told. */
void tacho__push_answer_end(tacho__push_answer *answer)
{
    if (answer->state != TACHO__PUSH_DONE && !answer->status)
        answer_reject(answer, answer->head_len ? "it breaks off" : "there is none: the connection was closed");
    answer->state = TACHO__PUSH_DONE;
}

/* Whether the secret is in the text, or begins at its end. */
static bool quote_tells(const char *text, size_t len, const char *secret)
{
    size_t secret_len = strlen(secret), least = secret_len < ANSWER_SECRET_MIN ? secret_len : ANSWER_SECRET_MIN;
    if (least == 0) return false;
    for (size_t i = 0; i < len; i++) {
        size_t left = len - i, size = left < least ? left : least;
        if (memcmp(text + i, secret, size) == 0 && (size == least || size > 1)) return true;
    }
    return false;
}

void tacho__push_answer_quote(const tacho__push_answer *answer, char out[TACHO__PUSH_BODY_MAX + 1],
                              const char *const *secrets)
{
    size_t len = 0;
    *out = '\0';
    for (; *secrets; secrets++)
        if (quote_tells(answer->body, answer->body_len, *secrets)) return;
    for (size_t i = 0; i < answer->body_len; i++) {
        char c = answer->body[i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (blank && (len == 0 || out[len - 1] == ' ')) continue;
        out[len++] = (char)(blank ? ' ' : c > ' ' && c <= '~' ? c : '?');
    }
    while (len > 0 && out[len - 1] == ' ') len--;
    out[len] = '\0';
}
