/*
 * proto.c - a strict reader of MetricFamily messages. Nothing is built in memory: fields are walked through where they are.
 */
#include "proto.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "spell.h"
#include "utf8.h"

/* ---- The schema -------------------------------------------------------------------------------------------- */

enum kind { STRING, MESSAGE, UINT, INT, SINT, DOUBLE, TYPE };

struct field {
    unsigned number;
    const char *name;
    enum kind kind;
    bool repeated;
    const struct field *fields; /* of a message, ended by number 0 */
};

#define END { 0, NULL, STRING, false, NULL }

static const struct field pair_fields[] = { { 1, "name", STRING, false, NULL }, { 2, "value", STRING, false, NULL }, END };
static const struct field time_fields[] = { { 1, "seconds", INT, false, NULL }, { 2, "nanos", INT, false, NULL }, END };
static const struct field exemplar_fields[] = {
    { 1, "label", MESSAGE, true, pair_fields }, { 2, "value", DOUBLE, false, NULL },
    { 3, "timestamp", MESSAGE, false, time_fields }, END };
static const struct field value_fields[] = { { 1, "value", DOUBLE, false, NULL }, END };
static const struct field counter_fields[] = {
    { 1, "value", DOUBLE, false, NULL }, { 2, "exemplar", MESSAGE, false, exemplar_fields },
    { 3, "created_timestamp", MESSAGE, false, time_fields }, END };
static const struct field quantile_fields[] = { { 1, "quantile", DOUBLE, false, NULL }, { 2, "value", DOUBLE, false, NULL }, END };
static const struct field summary_fields[] = {
    { 1, "sample_count", UINT, false, NULL }, { 2, "sample_sum", DOUBLE, false, NULL },
    { 3, "quantile", MESSAGE, true, quantile_fields }, { 4, "created_timestamp", MESSAGE, false, time_fields }, END };
static const struct field bucket_fields[] = {
    { 1, "cumulative_count", UINT, false, NULL }, { 2, "upper_bound", DOUBLE, false, NULL },
    { 3, "exemplar", MESSAGE, false, exemplar_fields }, END };
static const struct field span_fields[] = { { 1, "offset", SINT, false, NULL }, { 2, "length", UINT, false, NULL }, END };
static const struct field histogram_fields[] = {
    { 1, "sample_count", UINT, false, NULL }, { 2, "sample_sum", DOUBLE, false, NULL },
    { 3, "bucket", MESSAGE, true, bucket_fields }, { 5, "schema", SINT, false, NULL },
    { 6, "zero_threshold", DOUBLE, false, NULL }, { 7, "zero_count", UINT, false, NULL },
    { 9, "negative_span", MESSAGE, true, span_fields }, { 10, "negative_delta", SINT, true, NULL },
    { 12, "positive_span", MESSAGE, true, span_fields }, { 13, "positive_delta", SINT, true, NULL },
    { 15, "created_timestamp", MESSAGE, false, time_fields }, { 16, "exemplars", MESSAGE, true, exemplar_fields }, END };
static const struct field metric_fields[] = {
    { 1, "label", MESSAGE, true, pair_fields }, { 2, "gauge", MESSAGE, false, value_fields },
    { 3, "counter", MESSAGE, false, counter_fields }, { 4, "summary", MESSAGE, false, summary_fields },
    { 5, "untyped", MESSAGE, false, value_fields }, { 7, "histogram", MESSAGE, false, histogram_fields }, END };
static const struct field family_fields[] = {
    { 1, "name", STRING, false, NULL }, { 2, "help", STRING, false, NULL }, { 3, "type", TYPE, false, NULL },
    { 4, "metric", MESSAGE, true, metric_fields }, { 5, "unit", STRING, false, NULL }, END };

static const char *const proto_types[] = { "COUNTER", "GAUGE", "SUMMARY", "UNTYPED", "HISTOGRAM", "GAUGE_HISTOGRAM" };
static const unsigned proto_values[] = { 3, 2, 4, 5, 7, 7 }; /* the field of a metric that has the value */

/* ---- Fields ------------------------------------------------------------------------------------------------ */

struct bytes {
    const unsigned char *at;
    size_t len;
};

/* One field as it comes. */
struct item {
    unsigned number, wire;
    uint64_t value; /* of a varint, or the bits of a double */
    struct bytes bytes;
};

static bool bytes_varint(struct bytes *from, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (from->len == 0) return false;
        unsigned char c = *from->at++;
        from->len--;
        if (shift == 63 && (c & 0x7f) > 1) return false;
        *out |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80)) return true;
    }
    return false;
}

static bool bytes_take(struct bytes *from, uint64_t len, struct bytes *out)
{
    if (len > from->len) return false;
    *out = (struct bytes){ from->at, (size_t)len };
    from->at += len;
    from->len -= (size_t)len;
    return true;
}

/* The next field; false: it is cut, or of a wire type that no field has. */
static bool item_take(struct bytes *from, struct item *item)
{
    uint64_t tag, len;
    if (!bytes_varint(from, &tag) || tag >> 3 > 100) return false;
    *item = (struct item){ .number = (unsigned)(tag >> 3), .wire = (unsigned)tag & 7 };
    if (item->wire == 0) return bytes_varint(from, &item->value);
    if (item->wire == 2) return bytes_varint(from, &len) && bytes_take(from, len, &item->bytes);
    if (item->wire != 1 || !bytes_take(from, 8, &item->bytes)) return false;
    for (int i = 0; i < 8; i++) item->value |= (uint64_t)item->bytes.at[i] << 8 * i;
    return true;
}

/* The next field of this number from here on; false: there is none. */
static bool item_find(struct bytes *from, unsigned number, struct item *item)
{
    while (from->len > 0 && item_take(from, item))
        if (item->number == number) return true;
    return false;
}

/* The one field of this number, zeros if it is not there. */
static struct item item_of(struct bytes message, unsigned number)
{
    struct item item;
    if (!item_find(&message, number, &item)) item = (struct item){ 0 };
    return item;
}

static double item_double(struct item item)
{
    union { uint64_t bits; double number; } image = { .bits = item.value };
    return image.number;
}

static int64_t item_sint(struct item item)
{
    return (int64_t)(item.value >> 1) ^ -(int64_t)(item.value & 1);
}

/* ---- Text ---------------------------------------------------------------------------------------------------- */

struct text {
    char *data;
    size_t len, cap;
};

static void text_put(struct text *text, const char *bytes, size_t len)
{
    if (text->len + len + 1 > text->cap) {
        text->cap = 2 * text->cap + len + 256;
        text->data = realloc(text->data, text->cap);
        if (!text->data) abort();
    }
    memcpy(text->data + text->len, bytes, len);
    text->len += len;
    text->data[text->len] = '\0';
}

static void text_puts(struct text *text, const char *string)
{
    text_put(text, string, strlen(string));
}

static void text_double(struct text *text, double value)
{
    char number[TACHO__NUM_MAX];
    text_put(text, number, (size_t)(tacho__num_write_double(number, value) - number));
}

static void text_uint(struct text *text, uint64_t value)
{
    char number[TACHO__NUM_MAX];
    text_put(text, number, (size_t)(tacho__num_write_u64(number, value) - number));
}

static void text_int(struct text *text, int64_t value)
{
    char number[TACHO__NUM_MAX];
    text_put(text, number, (size_t)(tacho__num_write_i64(number, value) - number));
}

static void text_escaped(struct text *text, struct bytes bytes, bool quotes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char c = (char)bytes.at[i];
        if (c == '\\' || c == '\n' || (quotes && c == '"')) text_puts(text, "\\");
        text_put(text, c == '\n' ? "n" : &c, 1);
    }
}

/* ---- Printing and checking ----------------------------------------------------------------------------------- */

struct printer {
    struct text out;
    char *why;
    size_t why_cap;
};

static bool printer_fail(struct printer *printer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(printer->why, printer->why_cap, format, args);
    va_end(args);
    return false;
}

static bool print_scalar(struct printer *printer, const struct field *field, struct item item)
{
    struct text *out = &printer->out;
    text_puts(out, ": ");
    switch (field->kind) {
    case UINT: text_uint(out, item.value); break;
    case INT: text_int(out, (int64_t)item.value); break;
    case SINT: text_int(out, item_sint(item)); break;
    case DOUBLE: text_double(out, item_double(item)); break;
    case TYPE:
        if (item.value >= sizeof proto_types / sizeof *proto_types) return printer_fail(printer, "unknown type");
        text_puts(out, proto_types[item.value]);
        break;
    default:
        if (tacho__utf8_valid((const char *)item.bytes.at, item.bytes.len) != item.bytes.len)
            return printer_fail(printer, "%s is not UTF-8", field->name);
        text_puts(out, "\"");
        text_escaped(out, item.bytes, true);
        text_puts(out, "\"");
    }
    text_puts(out, "\n");
    return true;
}

static bool print_message(struct printer *printer, struct bytes message, const struct field *fields, unsigned depth)
{
    uint32_t seen = 0;
    while (message.len > 0) {
        struct item item;
        const struct field *field = fields;
        if (!item_take(&message, &item)) return printer_fail(printer, "a field is cut, or has no wire type");
        while (field->number && field->number != item.number) field++;
        if (!field->number) return printer_fail(printer, "unknown field %u", item.number);
        unsigned wire = field->kind == DOUBLE ? 1 : field->kind == STRING || field->kind == MESSAGE ? 2 : 0;
        if (item.wire != wire) return printer_fail(printer, "%s has wire type %u", field->name, item.wire);
        if (!field->repeated && (seen >> item.number & 1)) return printer_fail(printer, "%s comes twice", field->name);
        seen |= (uint32_t)1 << item.number;
        for (unsigned i = 0; i < depth; i++) text_puts(&printer->out, "  ");
        text_puts(&printer->out, field->name);
        if (field->kind != MESSAGE) {
            if (!print_scalar(printer, field, item)) return false;
            continue;
        }
        text_puts(&printer->out, " {\n");
        if (!print_message(printer, item.bytes, field->fields, depth + 1)) return false;
        for (unsigned i = 0; i < depth; i++) text_puts(&printer->out, "  ");
        text_puts(&printer->out, "}\n");
    }
    return true;
}

/* What the buckets of one side add up to; false: spans and deltas do not fit together. */
static bool check_side(struct bytes histogram, unsigned span_field, uint64_t *total)
{
    uint64_t buckets = 0, deltas = 0;
    int64_t count = 0;
    struct item item;
    struct bytes at = histogram;
    for (bool first = true; item_find(&at, span_field, &item); first = false) {
        if (!first && item_sint(item_of(item.bytes, 1)) < 0) return false;
        buckets += item_of(item.bytes, 2).value;
    }
    for (at = histogram; item_find(&at, span_field + 1, &item); deltas++) {
        count += item_sint(item);
        if (count < 0) return false;
        *total += (uint64_t)count;
    }
    return buckets == deltas;
}

static bool check_histogram(struct printer *printer, struct bytes histogram)
{
    uint64_t count = item_of(histogram, 1).value, before = 0, total = item_of(histogram, 7).value;
    struct item item;
    double bound = 0;
    bool infinite = false, first = true;
    for (struct bytes at = histogram; item_find(&at, 3, &item); first = false) {
        uint64_t cumulative = item_of(item.bytes, 1).value;
        double next = item_double(item_of(item.bytes, 2));
        if (cumulative < before || cumulative > count) return printer_fail(printer, "a bucket's count falls, or is above all");
        if (!(first || next > bound)) return printer_fail(printer, "a bucket's bound does not rise");
        infinite = next > 1.7976931348623157e308;
        if (infinite && cumulative != count) return printer_fail(printer, "the infinite bucket is not the count");
        before = cumulative;
        bound = next;
    }
    if (!first && !infinite) return printer_fail(printer, "there are buckets, but no infinite one");
    if (item_of(histogram, 6).wire == 0) return true;
    if (!check_side(histogram, 9, &total) || !check_side(histogram, 12, &total) || total != count)
        return printer_fail(printer, "native buckets do not add up: %llu are %llu", (unsigned long long)total,
                            (unsigned long long)count);
    bool spans = item_of(histogram, 9).wire || item_of(histogram, 12).wire;
    return spans ? true : printer_fail(printer, "a native histogram without a span");
}

static bool check_metric(struct printer *printer, struct bytes metric, unsigned type)
{
    unsigned values = 0;
    struct item item;
    for (struct bytes at = metric; at.len > 0 && item_take(&at, &item);) values += item.number != 1;
    struct item value = item_of(metric, proto_values[type]);
    if (values != 1 || value.wire != 2) return printer_fail(printer, "a metric without the value of its type, or with more");
    if (value.bytes.len == 0) return printer_fail(printer, "a value that says nothing");
    return proto_values[type] != 7 || check_histogram(printer, value.bytes);
}

static bool check_family(struct printer *printer, struct bytes family)
{
    size_t metrics = 0;
    struct item item;
    if (item_of(family, 1).bytes.len == 0 || item_of(family, 2).bytes.len == 0) return printer_fail(printer, "no name or help");
    for (struct bytes at = family; item_find(&at, 4, &item); metrics++)
        if (!check_metric(printer, item.bytes, (unsigned)item_of(family, 3).value)) return false;
    return metrics ? true : printer_fail(printer, "a family without metrics");
}

char *proto_print(const void *bytes, size_t len, char *why, size_t why_cap)
{
    struct printer printer = { .why = why, .why_cap = why_cap };
    struct bytes rest = { bytes, len }, family;
    bool ok = true;
    text_puts(&printer.out, "");
    while (ok && rest.len > 0) {
        uint64_t size;
        ok = bytes_varint(&rest, &size) && bytes_take(&rest, size, &family);
        if (!ok) (void)printer_fail(&printer, "a family is cut");
        text_puts(&printer.out, printer.out.len ? "\n" : "");
        ok = ok && print_message(&printer, family, family_fields, 0) && check_family(&printer, family);
    }
    if (ok) return printer.out.data;
    free(printer.out.data);
    return NULL;
}

/* ---- Lines of the text format ---------------------------------------------------------------------------------- */

static void lines_name(struct text *out, struct bytes name, const char *suffix, enum tacho__name_kind kind)
{
    bool plain = tacho__name_is_plain((const char *)name.at, name.len, kind);
    text_puts(out, plain ? "" : "\"");
    text_escaped(out, name, true);
    text_puts(out, suffix);
    text_puts(out, plain ? "" : "\"");
}

/* A line up to its number; `label` is the format's own, or NULL. */
static void lines_begin(struct text *out, struct bytes name, const char *suffix, struct bytes metric, const char *label,
                        double bound)
{
    char number[TACHO__NUM_MAX];
    bool plain = tacho__name_is_plain((const char *)name.at, name.len, TACHO__NAME_FAMILY), inside = !plain;
    struct item item;
    if (!plain) text_puts(out, "{");
    lines_name(out, name, suffix, TACHO__NAME_FAMILY);
    for (struct bytes at = metric; item_find(&at, 1, &item); inside = true) {
        text_puts(out, inside ? "," : "{");
        lines_name(out, item_of(item.bytes, 1).bytes, "", TACHO__NAME_LABEL);
        text_puts(out, "=\"");
        text_escaped(out, item_of(item.bytes, 2).bytes, true);
        text_puts(out, "\"");
    }
    if (label) {
        text_puts(out, inside ? "," : "{");
        text_puts(out, label);
        text_puts(out, "=\"");
        text_put(out, number, (size_t)(tacho__num_write_bound(number, bound + 0.0) - number));
        text_puts(out, "\"");
        inside = true;
    }
    text_puts(out, inside ? "} " : " ");
}

static void lines_repeated(struct text *out, struct bytes name, struct bytes metric, struct bytes value, bool summary)
{
    struct item item;
    for (struct bytes at = value; item_find(&at, 3, &item);) {
        struct item number = item_of(item.bytes, summary ? 2 : 1);
        lines_begin(out, name, summary ? "" : "_bucket", metric, summary ? "quantile" : "le",
                    item_double(item_of(item.bytes, summary ? 1 : 2)));
        if (summary)
            text_double(out, item_double(number));
        else
            text_uint(out, number.value);
        text_puts(out, "\n");
    }
    lines_begin(out, name, "_sum", metric, NULL, 0);
    text_double(out, item_double(item_of(value, 2)));
    text_puts(out, "\n");
    lines_begin(out, name, "_count", metric, NULL, 0);
    text_uint(out, item_of(value, 1).value);
    text_puts(out, "\n");
}

char *proto_lines(const void *bytes, size_t len)
{
    static const char *const types[] = { "counter", "gauge", "summary", "untyped", "histogram", "histogram" };
    struct text out = { 0 };
    struct bytes rest = { bytes, len }, family = { NULL, 0 };
    uint64_t size;
    text_puts(&out, "");
    while (rest.len > 0 && bytes_varint(&rest, &size) && bytes_take(&rest, size, &family)) {
        struct bytes name = item_of(family, 1).bytes;
        unsigned type = (unsigned)item_of(family, 3).value;
        struct item item;
        text_puts(&out, "# HELP ");
        lines_name(&out, name, "", TACHO__NAME_FAMILY);
        text_puts(&out, " ");
        text_escaped(&out, item_of(family, 2).bytes, false);
        text_puts(&out, "\n# TYPE ");
        lines_name(&out, name, "", TACHO__NAME_FAMILY);
        text_puts(&out, " ");
        text_puts(&out, types[type]);
        text_puts(&out, "\n");
        for (struct bytes at = family; item_find(&at, 4, &item);) {
            struct bytes value = item_of(item.bytes, proto_values[type]).bytes;
            if (proto_values[type] == 7 || proto_values[type] == 4) {
                lines_repeated(&out, name, item.bytes, value, proto_values[type] == 4);
                continue;
            }
            lines_begin(&out, name, "", item.bytes, NULL, 0);
            text_double(&out, item_double(item_of(value, 1)));
            text_puts(&out, "\n");
        }
    }
    return out.data;
}
