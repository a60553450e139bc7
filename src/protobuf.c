/*
 * protobuf.c - io.prometheus.client.MetricFamily, each message behind its length, written by hand.
 *
 * A message's length stands before it, so sizes are added up before anything is written. What a number takes must then not
 * depend on the number: counts are varints padded to their full width, which readers take like any other. Fields and
 * types are those of metrics.proto; scalars are written also when they are 0.
 */
#include "line.h"

/* A field's number and wire type, which fit one byte as long as the number is below 16. */
enum { PROTO_VARINT = 0, PROTO_DOUBLE = 1, PROTO_BYTES = 2 };
#define PROTO_TAG(field, wire) ((char)((unsigned)(field) << 3 | (wire)))

enum {
    PROTO_COUNT_WIDTH = 10,                   /* any 64-bit number */
    PROTO_SECONDS_WIDTH = 6, PROTO_NANOS_WIDTH = 5, /* up to the year 9999, which takes 38 bits; and 35 bits */
    PROTO_COUNT = 1 + PROTO_COUNT_WIDTH,      /* a field with a count */
    PROTO_NUMBER = 1 + 8,                     /* a field with a double */
    PROTO_TIME = 1 + PROTO_SECONDS_WIDTH + 1 + PROTO_NANOS_WIDTH,
    PROTO_CREATED = 2 + PROTO_TIME
};

static size_t proto_varint_size(uint64_t n)
{
    if (TACHO_LIKELY(n < 0x80)) return 1;
    return (size_t)(70 - TACHO_LEADING_ZEROS_64(n | 1)) / 7;
}

static char *proto_put_varint(char *out, uint64_t n)
{
    for (; n >= 0x80; n >>= 7) *out++ = (char)(n | 0x80);
    *out++ = (char)n;
    return out;
}

/* In so many bytes, whatever the number. */
static char *proto_put_padded(char *out, uint64_t n, int width)
{
    for (; width > 1; width--, n >>= 7) *out++ = (char)(n | 0x80);
    *out++ = (char)(n & 0x7f);
    return out;
}

static char *proto_put_count(char *out, int field, uint64_t n)
{
    *out++ = PROTO_TAG(field, PROTO_VARINT);
    return proto_put_padded(out, n, PROTO_COUNT_WIDTH);
}

static char *proto_put_double(char *out, int field, double v)
{
    union { double number; uint64_t bits; } image = { .number = v };
    *out++ = PROTO_TAG(field, PROTO_DOUBLE);
    image.bits = TACHO_LOWEST_FIRST_64(image.bits);
    memcpy(out, &image.bits, sizeof image.bits);
    return out + sizeof image.bits;
}

/* A field's beginning: its tag and the length of what follows. */
static char *proto_put_length(char *out, int field, size_t len)
{
    *out++ = PROTO_TAG(field, PROTO_BYTES);
    return proto_put_varint(out, len);
}

static char *proto_put_bytes(char *out, int field, const char *text, size_t len)
{
    out = proto_put_length(out, field, len);
    memcpy(out, text, len);
    return out + len;
}

/* What a field of this length takes in all. */
static size_t proto_field(size_t len)
{
    return 1 + proto_varint_size(len) + len;
}

static double proto_number(tacho__number value)
{
    switch (value.kind) {
    case TACHO__UINT: return (double)value.as.u;
    case TACHO__INT: return (double)value.as.i;
    default: return value.as.d;
    }
}

static char *proto_put_time(char *out, int field, uint64_t ms)
{
    out = proto_put_length(out, field, PROTO_TIME);
    *out++ = PROTO_TAG(1, PROTO_VARINT);
    out = proto_put_padded(out, ms / 1000, PROTO_SECONDS_WIDTH);
    *out++ = PROTO_TAG(2, PROTO_VARINT);
    return proto_put_padded(out, ms % 1000 * 1000000, PROTO_NANOS_WIDTH);
}

/* ---- Labels: LabelPair { name = 1; value = 2; } -------------------------------------------------------------- */

static size_t proto_pair_size(size_t name, size_t value)
{
    return proto_field(name) + proto_field(value);
}

/* Whether the pair and both texts are shorter than 128, as most are: each length is then one byte. */
static inline bool proto_pair_is_short(size_t name, size_t value)
{
    return name + value < 0x80 - 4;
}

static char *proto_put_pair(char *out, const char *name, size_t name_len, const char *value, size_t value_len)
{
    out = proto_put_length(out, 1, proto_pair_size(name_len, value_len));
    out = proto_put_bytes(out, 1, name, name_len);
    return proto_put_bytes(out, 2, value, value_len);
}

/* The same for a label: what stands before a short one is copied, and its lengths put in. */
static inline char *proto_put_label(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                    uint32_t index, const struct tacho__symbol *value)
{
    const struct tacho__text pair = spelling->pairs[index], name = spelling->labels[index];
    if (TACHO_LIKELY(proto_pair_is_short(name.len, value->len))) {
        char *end = tacho__put_part(out, meta, pair);
        out[1] = (char)(pair.len - 2 + value->len);
        end[-1] = (char)value->len;
        return tacho__symbol_copy_raw(end, value);
    }
    out = proto_put_length(out, 1, proto_pair_size(name.len, value->len));
    out = proto_put_bytes(out, 1, tacho__meta_at(meta, name), name.len);
    return proto_put_bytes(out, 2, value->text, value->len);
}

static inline char *proto_put_labels(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                     const struct tacho__symbol *const *labels)
{
    const struct tacho__text *names = tacho__meta_constant_names(meta, spelling), *values = tacho__meta_constant_values(meta);
    for (uint32_t i = 0; i < meta->constant_count; i++)
        out = proto_put_pair(out, tacho__meta_at(meta, names[i]), names[i].len, tacho__meta_at(meta, values[i]), values[i].len);
    for (uint32_t i = 0; i < meta->label_count; i++)
        out = proto_put_label(out, meta, spelling, i, labels[i]);
    return out;
}

static char *proto_labels(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                          const struct tacho__symbol *const *labels)
{
    return proto_put_labels(out, meta, spelling, labels);
}

static inline size_t proto_labels_size(const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                const struct tacho__symbol *const *labels)
{
    const struct tacho__text *names = tacho__meta_constant_names(meta, spelling), *values = tacho__meta_constant_values(meta);
    size_t size = 0;
    for (uint32_t i = 0; i < meta->constant_count; i++) size += proto_field(proto_pair_size(names[i].len, values[i].len));
    for (uint32_t i = 0; i < meta->label_count; i++) {
        size_t name = spelling->labels[i].len, value = labels[i]->len;
        size += TACHO_LIKELY(proto_pair_is_short(name, value)) ? name + value + 6 : proto_field(proto_pair_size(name, value));
    }
    return size;
}

/* ---- Exemplars: Exemplar { label = 1; value = 2; timestamp = 3; } -------------------------------------------- */

static size_t proto_exemplar_size(const struct tacho__exemplar *exemplar)
{
    struct tacho__exemplar_pair pair;
    size_t size = PROTO_NUMBER + (exemplar->time_ms ? PROTO_CREATED : 0);
    for (size_t at = 0; tacho__exemplar_next(exemplar, &at, &pair);)
        size += proto_field(proto_pair_size(pair.name_len, pair.value_len));
    return size;
}

static const struct tacho__exemplar *proto_exemplar(const struct tacho__point *point, uint32_t index)
{
    return point->exemplars ? point->exemplars[index] : NULL;
}

/* What the exemplar of a sample takes as a field; nothing if there is none. */
static size_t proto_exemplar_field(const struct tacho__point *point, uint32_t index)
{
    const struct tacho__exemplar *exemplar = proto_exemplar(point, index);
    return exemplar ? proto_field(proto_exemplar_size(exemplar)) : 0;
}

/* What follows the tag: length and message. */
static char *proto_put_exemplar_behind(char *out, const struct tacho__exemplar *exemplar)
{
    struct tacho__exemplar_pair pair;
    out = proto_put_varint(out, proto_exemplar_size(exemplar));
    for (size_t at = 0; tacho__exemplar_next(exemplar, &at, &pair);)
        out = proto_put_pair(out, pair.name, pair.name_len, pair.value, pair.value_len);
    out = proto_put_double(out, 2, exemplar->value);
    return exemplar->time_ms ? proto_put_time(out, 3, exemplar->time_ms) : out;
}

static char *proto_put_exemplar(char *out, int field, const struct tacho__exemplar *exemplar)
{
    if (!exemplar) return out;
    *out++ = PROTO_TAG(field, PROTO_BYTES);
    return proto_put_exemplar_behind(out, exemplar);
}

/* One of a native histogram: field 16, whose tag takes two bytes. */
static char *proto_put_native_exemplar(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__exemplar *exemplar = tacho__point_native_exemplar(point, index);
    if (!exemplar) return out;
    out = proto_put_varint(out, 16 << 3 | PROTO_BYTES);
    return proto_put_exemplar_behind(out, exemplar);
}

static size_t proto_gallery_size(const struct tacho__point *point)
{
    size_t size = 0;
    for (uint32_t i = 0; i < tacho__point_gallery(point); i++) {
        const struct tacho__exemplar *exemplar = tacho__point_native_exemplar(point, i);
        if (exemplar) size += 1 + proto_field(proto_exemplar_size(exemplar));
    }
    return size;
}

/* ---- Native histograms: fields 5 to 7 and 9 to 13 of Histogram, which are kept until they are written ---------- */

static uint64_t proto_zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static char *proto_put_field(char *out, int field, uint64_t n)
{
    *out++ = PROTO_TAG(field, PROTO_VARINT);
    return proto_put_varint(out, n);
}

/* BucketSpan { offset = 1; length = 2; } */
static char *proto_put_side(char *out, struct tacho__native_side side, int span_field)
{
    struct tacho__native_span span = { 0 };
    struct tacho__native_delta delta = { 0 };
    while (tacho__native_span_next(side, &span)) {
        size_t len = 2 + proto_varint_size(proto_zigzag(span.offset)) + proto_varint_size(span.length);
        out = proto_put_length(out, span_field, len);
        out = proto_put_field(out, 1, proto_zigzag(span.offset));
        out = proto_put_field(out, 2, span.length);
    }
    while (tacho__native_delta_next(side, &delta)) out = proto_put_field(out, span_field + 1, proto_zigzag(delta.delta));
    return out;
}

static size_t proto_side_size(struct tacho__native_side side)
{
    struct tacho__native_span span = { 0 };
    struct tacho__native_delta delta = { 0 };
    size_t size = 0;
    while (tacho__native_span_next(side, &span))
        size += proto_field(2 + proto_varint_size(proto_zigzag(span.offset)) + proto_varint_size(span.length));
    while (tacho__native_delta_next(side, &delta)) size += 1 + proto_varint_size(proto_zigzag(delta.delta));
    return size;
}

/* Without any bucket a span of no length says that it is a native one all the same. */
static bool proto_needs_noop(const struct tacho__native_view *view)
{
    return view->positive + view->negative == 0;
}

static size_t proto_native_size(const struct tacho__native_view *view)
{
    size_t noop = proto_needs_noop(view) ? proto_field(4) : 0;
    return 1 + proto_varint_size(proto_zigzag(view->schema)) + PROTO_NUMBER + 1 + proto_varint_size(view->zero_count) +
           proto_side_size(tacho__native_negative(view)) + proto_side_size(tacho__native_positive(view)) + noop;
}

static char *proto_put_native(char *out, const struct tacho__native_view *view)
{
    out = proto_put_field(out, 5, proto_zigzag(view->schema));
    out = proto_put_double(out, 6, view->zero_threshold);
    out = proto_put_field(out, 7, view->zero_count);
    out = proto_put_side(out, tacho__native_negative(view), 9);
    out = proto_put_side(out, tacho__native_positive(view), 12);
    if (!proto_needs_noop(view)) return out;
    out = proto_put_length(out, 12, 4);
    out = proto_put_field(out, 1, 0);
    return proto_put_field(out, 2, 0);
}

/* Classic buckets beside a native histogram only if its family has some, and if they begin when it does. */
static uint32_t proto_buckets(const struct tacho__point *point)
{
    bool none = point->native && (point->native->reset || (point->meta->flags & TACHO_NATIVE_ONLY));
    return none ? 0 : point->meta->bound_count + 1;
}

/* What is shown together has to fit together: the native part was read a moment later. */
static uint64_t proto_cumulative(const struct tacho__point *point, uint32_t index)
{
    uint64_t count = point->cumulative[index];
    if (!point->native) return count;
    bool infinite = index == point->meta->bound_count;
    return infinite || count > point->native->count ? point->native->count : count;
}

/* ---- Points: Metric { label = 1; gauge = 2; counter = 3; summary = 4; untyped = 5; histogram = 7; } ----------- */

static int proto_value_field(const struct tacho__meta *meta)
{
    static const int fields[] = { 5, 3, 2, 7, 4, 7, 2, 2, 5 };
    return fields[meta->type];
}

/* When what is shown began: a native histogram may have been reset since. */
static uint64_t proto_created(const struct tacho__point *point)
{
    return point->created_ms && point->native ? point->native->created_ms : point->created_ms;
}

static size_t proto_bucket_size(const struct tacho__point *point, uint32_t index)
{
    return PROTO_COUNT + PROTO_NUMBER + proto_exemplar_field(point, index);
}

/* The message with the value. */
static size_t proto_value_size(const struct tacho__point *point)
{
    const struct tacho__meta *meta = point->meta;
    size_t created = proto_created(point) ? PROTO_CREATED : 0, size = PROTO_COUNT + PROTO_NUMBER + created;
    if (meta->type == TACHO_COUNTER) return PROTO_NUMBER + proto_exemplar_field(point, 0) + created;
    if (meta->type == TACHO_SUMMARY) return size + meta->quantile_count * proto_field(2 * PROTO_NUMBER);
    if (!tacho__meta_is_histogram(meta)) return PROTO_NUMBER;
    for (uint32_t i = 0; i < proto_buckets(point); i++) size += proto_field(proto_bucket_size(point, i));
    return point->native ? size + proto_native_size(point->native) + proto_gallery_size(point) : size;
}

static size_t proto_state_size(const struct tacho__point *point, uint32_t index)
{
    return proto_field(proto_pair_size(point->spelling->name.len, tacho__meta_les(point->meta)[index].len));
}

/* The whole message, of a stateset one for each state. */
static size_t proto_metric_size(const struct tacho__point *point, uint32_t index)
{
    size_t state = point->meta->type == TACHO_STATESET ? proto_state_size(point, index) : 0;
    size_t labels = point->labels ? proto_labels_size(point->meta, point->spelling, point->labels) : point->label_len;
    return labels + state + proto_field(proto_value_size(point));
}

static size_t proto_size(const struct tacho__point *point)
{
    uint32_t messages = point->meta->type == TACHO_STATESET ? point->meta->state_count : 1;
    size_t size = 0;
    for (uint32_t i = 0; i < messages; i++) size += proto_field(proto_metric_size(point, i));
    return size;
}

/* A message with one number and no more. */
static size_t proto_number_size(const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                const struct tacho__symbol *const *labels)
{
    return proto_field(proto_labels_size(meta, spelling, labels) + proto_field(PROTO_NUMBER));
}

static char *proto_plain(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                         const struct tacho__symbol *const *labels, tacho__number value)
{
    char *body = out + 2, *end = proto_put_labels(body, meta, spelling, labels);
    size_t len = (size_t)(end - body) + proto_field(PROTO_NUMBER);
    if (!TACHO_LIKELY(len < 0x80)) { /* its length takes more than the byte that was left for it */
        size_t more = proto_varint_size(len) - 1;
        memmove(body + more, body, (size_t)(end - body));
        end += more;
    }
    (void)proto_put_length(out, 4, len);
    end = proto_put_length(end, proto_value_field(meta), PROTO_NUMBER);
    return proto_put_double(end, 1, proto_number(value));
}

static uint32_t proto_pieces(const struct tacho__point *point)
{
    const struct tacho__meta *meta = point->meta;
    if (meta->type == TACHO_STATESET) return meta->state_count;
    if (meta->type == TACHO_SUMMARY) return 2 + meta->quantile_count;
    return tacho__meta_is_histogram(meta) ? 2 + proto_buckets(point) + tacho__point_gallery(point) : 1;
}

/* The beginning of a message up to its value, which is begun. */
static char *proto_begin_metric(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__meta *meta = point->meta;
    out = proto_put_length(out, 4, proto_metric_size(point, index));
    memcpy(out, point->label_text, point->label_len);
    out += point->label_len;
    if (meta->type == TACHO_STATESET) {
        const struct tacho__text state = tacho__meta_les(meta)[index];
        out = proto_put_pair(out, tacho__meta_at(meta, point->spelling->name), point->spelling->name.len,
                             tacho__meta_at(meta, state), state.len);
    }
    return proto_put_length(out, proto_value_field(meta), proto_value_size(point));
}

static char *proto_number_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    bool counter = point->meta->type == TACHO_COUNTER;
    double value = point->meta->type == TACHO_STATESET ? (double)(point->number.as.u >> index & 1)
                                                       : proto_number(point->number);
    out = proto_put_double(proto_begin_metric(out, point, index), 1, value);
    if (!counter) return out;
    out = proto_put_exemplar(out, 2, proto_exemplar(point, 0));
    return proto_created(point) ? proto_put_time(out, 3, proto_created(point)) : out;
}

static char *proto_bucket(char *out, const struct tacho__point *point, uint32_t index)
{
    const double infinity = (double)1e308 * 10;
    out = proto_put_length(out, 3, proto_bucket_size(point, index));
    out = proto_put_count(out, 1, proto_cumulative(point, index));
    out = proto_put_double(out, 2, index < point->meta->bound_count ? tacho__meta_bounds(point->meta)[index] : infinity);
    return proto_put_exemplar(out, 3, proto_exemplar(point, index));
}

static char *proto_quantile(char *out, const struct tacho__point *point, uint32_t index)
{
    out = proto_put_length(out, 3, 2 * PROTO_NUMBER);
    out = proto_put_double(out, 1, tacho__meta_bounds(point->meta)[index]);
    return proto_put_double(out, 2, point->quantiles[index]);
}

/* First count and sum, then what repeats, then the rest; at last exemplars one by one. */
static char *proto_sum_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__meta *meta = point->meta;
    bool summary = meta->type == TACHO_SUMMARY;
    uint32_t repeats = summary ? meta->quantile_count : proto_buckets(point);
    if (index == 0) {
        out = proto_put_count(proto_begin_metric(out, point, 0), 1, proto_cumulative(point, meta->bound_count));
        return proto_put_double(out, 2, point->native ? point->native->sum : proto_number(point->number));
    }
    if (index <= repeats) return summary ? proto_quantile(out, point, index - 1) : proto_bucket(out, point, index - 1);
    if (index > repeats + 1) return proto_put_native_exemplar(out, point, index - repeats - 2);
    if (point->native) out = proto_put_native(out, point->native);
    return proto_created(point) ? proto_put_time(out, summary ? 4 : 15, proto_created(point)) : out;
}

static char *proto_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    return tacho__meta_has_sum(point->meta) ? proto_sum_piece(out, point, index) : proto_number_piece(out, point, index);
}

/* ---- Families: MetricFamily { name = 1; help = 2; type = 3; metric = 4; unit = 5; } ---------------------------- */

/* UNTYPED, COUNTER, GAUGE, HISTOGRAM, SUMMARY, GAUGE_HISTOGRAM; infos and statesets are gauges. */
static const char proto_types[] = { 3, 0, 1, 4, 2, 5, 1, 1, 3 };

static char *proto_typed_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                size_t points, char type)
{
    size_t unit = meta->unit.len ? proto_field(meta->unit.len) : 0;
    out = proto_put_varint(out, proto_field(spelling->name.len) + proto_field(meta->help.len) + 2 + unit + points);
    out = proto_put_bytes(out, 1, tacho__meta_at(meta, spelling->name), spelling->name.len);
    out = proto_put_bytes(out, 2, tacho__meta_at(meta, meta->help), meta->help.len);
    *out++ = PROTO_TAG(3, PROTO_VARINT);
    *out++ = type;
    return unit ? proto_put_bytes(out, 5, tacho__meta_at(meta, meta->unit), meta->unit.len) : out;
}

static char *proto_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, size_t points)
{
    return proto_typed_family(out, meta, spelling, points, proto_types[meta->type]);
}

static char *proto_pushed_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                 size_t points)
{
    tacho_type type = meta->type == TACHO_GAUGE_HISTOGRAM ? TACHO_HISTOGRAM : (tacho_type)meta->type;
    return proto_typed_family(out, meta, spelling, points, proto_types[type]);
}

/* A bucket of 16 bytes takes at most 3 deltas of 11 and a span of 14. */
#define PROTO_WRITER(family)                                                                                           \
    {                                                                                                                  \
        .expansion = 1, .extras = true, .native_expansion = 4, .number = proto_plain, .labels = proto_labels,          \
        .pieces = proto_pieces, .piece = proto_piece, .size = proto_size, .number_size = proto_number_size,            \
        .sized_family = (family),                                                                                      \
    }

const struct tacho__writer tacho__protobuf_writer = PROTO_WRITER(proto_family);
const struct tacho__writer tacho__protobuf_push_writer = PROTO_WRITER(proto_pushed_family);
