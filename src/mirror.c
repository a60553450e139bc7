/*
 * mirror.c - tables of the program's own numbers as collectors.
 *
 * A table is checked when it is added, so that a run only reads. The descriptors are copied next to each other, as an
 * announcement needs them, and without their scale: it is applied here, to numbers of every kind.
 *
 * A number that wraps is followed by its turn: a 64-bit total that always equals the number modulo 2^bits. At each run
 * the total moves on by the difference, taken modulo 2^bits, so the total itself remembers the last value. A turn is of
 * one element and its label values; when these change, or the element was not shown, it begins anew with the number
 * itself.
 *
 * Order: numbers are loaded relaxed: each is one by itself, and nothing is published with it. Runs are serialised, as
 * those of every collector, so turns need no atomics.
 */
#include <tacho/mirror.h>

#include <string.h>

#include "alloc.h"
#include "atomic.h"
#include "desc.h"
#include "hash.h"
#include "num.h"
#include "registry_internal.h"

#define MIRROR_ROWS_MAX 65536
#define MIRROR_ELEMENTS 1000

struct mirror_turn {
    uint64_t total;
    uint32_t labels; /* hash of the values */
    bool begun;
};

struct mirror_row {
    tacho_desc *family; /* of the row or of one above */
    struct tacho__scale scale;
    struct mirror_turn *turns; /* one per element; NULL: it does not wrap */
};

struct mirror {
    tacho_collector collector;
    tacho_collector_ops ops;
    tacho_registry *reg;
    const tacho_mirror *table;
    size_t row_count;
    tacho_mirror_array *array;
    uint32_t room, shown; /* elements that may be shown, and that the last run went through */
    struct mirror_row *rows;
    tacho_desc *descs; /* one per row that names a family */
    struct mirror_turn *turns;
};

/* ---- Reading numbers ------------------------------------------------------------------------------------------ */

static uint64_t mirror_load_whole(const volatile void *at, size_t size)
{
    switch (size) { /* relaxed, see Order */
    case 1: return tacho__load_relaxed((const volatile _Atomic uint8_t *)at);
    case 2: return tacho__load_relaxed((const volatile _Atomic uint16_t *)at);
    case 4: return tacho__load_relaxed((const volatile _Atomic uint32_t *)at);
    default: return tacho__load_relaxed((const volatile _Atomic uint64_t *)at);
    }
}

static int64_t mirror_signed(uint64_t bits, size_t size)
{
    uint64_t sign = (uint64_t)1 << (8 * size - 1);
    return (int64_t)((bits ^ sign) - sign);
}

static double mirror_load_float(const volatile void *at, size_t size)
{
    return size == sizeof(float) ? (double)tacho__load_relaxed((const volatile _Atomic float *)at)
                                 : tacho__load_relaxed((const volatile _Atomic double *)at); /* relaxed, see Order */
}

static tacho__number mirror_load(const tacho_mirror_source *from, const void *element)
{
    const volatile void *at = from->at ? from->at : (const char *)element + from->offset;
    if (from->kind == TACHO_MIRROR_FLOAT)
        return (tacho__number){ .kind = TACHO__DOUBLE, .as.d = mirror_load_float(at, from->size) };
    uint64_t bits = mirror_load_whole(at, from->size);
    if (from->kind == TACHO_MIRROR_SIGNED)
        return (tacho__number){ .kind = TACHO__INT, .as.i = mirror_signed(bits, from->size) };
    return (tacho__number){ .kind = TACHO__UINT, .as.u = bits };
}

static double mirror_double(tacho__number number)
{
    if (number.kind == TACHO__DOUBLE) return number.as.d;
    return number.kind == TACHO__INT ? (double)number.as.i : (double)number.as.u;
}

static uint32_t mirror_hash(tacho_labels labels)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < labels.count; i++)
        if (labels.values[i]) sum += tacho__hash_value(labels.values[i], strlen(labels.values[i]), i, 0);
    return tacho__hash_finish(sum);
}

static uint64_t mirror_follow(struct mirror_turn *turn, uint64_t number, size_t size, tacho_labels labels)
{
    uint32_t hash = mirror_hash(labels);
    if (!turn->begun || turn->labels != hash) *turn = (struct mirror_turn){ .labels = hash, .begun = true };
    turn->total += (number - turn->total) & (((uint64_t)1 << 8 * size) - 1);
    return turn->total;
}

/* ---- A run ------------------------------------------------------------------------------------------------------ */

static void mirror_emit(struct mirror *mirror, const struct mirror_row *row, tacho_labels labels, tacho__number number,
                        tacho_emitter *out)
{
    if (!tacho__scale_is_one(row->scale))
        number = (tacho__number){ .kind = TACHO__DOUBLE, .as.d = tacho__scaled(row->scale, mirror_double(number)) };
    double value = mirror_double(number);
    if (row->family->type == TACHO_COUNTER && !(value >= 0 && value <= 1.7976931348623157e308))
        tacho__registry_misuse(mirror->reg, TACHO__MISUSE_AMOUNT, row->family->name,
                               "a counter shows a number that is negative, NaN or infinite; it is left out");
    else if (number.kind == TACHO__UINT)
        tacho_emit_uint(out, labels, number.as.u);
    else if (number.kind == TACHO__INT)
        tacho_emit_int(out, labels, number.as.i);
    else
        tacho_emit_double(out, labels, value);
}

static void mirror_show(struct mirror *mirror, size_t at, uint32_t index, const void *element, tacho_labels labels,
                        tacho_emitter *out)
{
    const tacho_mirror *from = &mirror->table[at];
    const struct mirror_row *row = &mirror->rows[at];
    tacho__number number;
    if (from->read) {
        number = (tacho__number){ .kind = TACHO__DOUBLE, .as.d = from->read(element) };
        if (number.as.d != number.as.d) return;
    } else {
        number = mirror_load(&from->from, element);
    }
    if (row->turns) number.as.u = mirror_follow(&row->turns[index], number.as.u, from->from.size, labels);
    mirror_emit(mirror, row, labels, number, out);
}

/* The label values of an element; false: it is left out. */
static bool mirror_label(tacho_mirror_array *array, uint32_t index, const void *element, const char **values,
                         char *room)
{
    if (array->label) return array->label(array, index, element, values) != 0;
    *tacho__num_write_u64(room, index) = '\0';
    values[0] = room;
    return true;
}

static void mirror_forget(struct mirror_row *row, uint32_t index)
{
    if (row->turns) row->turns[index].begun = false;
}

static void mirror_show_elements(struct mirror *mirror, size_t at, uint32_t count, tacho_emitter *out)
{
    tacho_mirror_array *array = mirror->array;
    struct mirror_row *row = &mirror->rows[at];
    size_t labels = tacho__desc_label_count(row->family);
    char room[TACHO__NUM_MAX + 1];
    for (uint32_t i = 0; i < count; i++) {
        const char *values[TACHO_MAX_LABELS] = { NULL };
        const void *element = (const char *)array->base + (size_t)i * array->stride;
        if (mirror_label(array, i, element, values, room))
            mirror_show(mirror, at, i, element, (tacho_labels){ values, NULL, labels }, out);
        else
            mirror_forget(row, i);
    }
    for (uint32_t i = count; i < mirror->shown; i++) mirror_forget(row, i);
}

static bool mirror_is_aligned(const tacho_mirror_source *from, const tacho_mirror_array *array)
{
    size_t size = from->size;
    if (from->kind == 0) return true;
    if (!array) return (uintptr_t)from->at % size == 0;
    return ((uintptr_t)array->base + from->offset) % size == 0 && array->stride % size == 0;
}

static tacho_err mirror_show_array(struct mirror *mirror, tacho_emitter *out)
{
    const tacho_mirror_array *array = mirror->array;
    uint32_t count = array->base ? array->count : 0;
    if (count > mirror->room) {
        tacho__registry_misuse(mirror->reg, TACHO__MISHAPS, mirror->ops.name,
                               "its array has more than max_count elements; the last ones are left out");
        count = mirror->room;
    }
    for (size_t i = 0; i < mirror->row_count; i++) {
        if (count > 0 && !mirror_is_aligned(&mirror->table[i].from, array)) return TACHO_ERR_ARG;
        tacho_emit_family(out, mirror->rows[i].family);
        mirror_show_elements(mirror, i, count, out);
    }
    mirror->shown = count;
    return TACHO_OK;
}

static tacho_err mirror_collect(tacho_collector *self, tacho_emitter *out)
{
    struct mirror *mirror = TACHO_CONTAINER(self, struct mirror, collector);
    tacho_mirror_array *array = mirror->array;
    if (!array) {
        for (size_t i = 0; i < mirror->row_count; i++) {
            const tacho_mirror *row = &mirror->table[i];
            size_t labels = tacho__desc_label_count(mirror->rows[i].family);
            if (row->desc.name) tacho_emit_family(out, mirror->rows[i].family);
            mirror_show(mirror, i, 0, NULL, (tacho_labels){ row->values, NULL, labels }, out);
        }
        return TACHO_OK;
    }
    tacho_err err = array->begin ? array->begin(array) : TACHO_OK;
    if (err) return err;
    err = mirror_show_array(mirror, out);
    if (array->end) array->end(array);
    return err;
}

/* ---- Checks ----------------------------------------------------------------------------------------------------- */

static const char *mirror_fault_of_source(const tacho_mirror *row, const tacho_mirror_array *array)
{
    const tacho_mirror_source *from = &row->from;
    if (!row->read == (from->kind == 0)) return "a row has either a number or a function to read";
    if (row->read) return row->wraps ? "`wraps` is for variables" : NULL;
    bool real = from->kind == TACHO_MIRROR_FLOAT;
    bool fits = from->size == 4 || from->size == 8 || (!real && (from->size == 1 || from->size == 2));
    if (!fits || from->kind > TACHO_MIRROR_FLOAT) return "its number is none that TACHO_NUMBER or TACHO_MEMBER makes";
    if (!array != (from->at != NULL)) return "TACHO_MEMBER is for an array, and TACHO_NUMBER for none";
    if (!mirror_is_aligned(from, array)) return "its number is not aligned to its size; it could be read in halves";
    if (array && (from->offset > array->stride || array->stride - from->offset < from->size))
        return "its member lies outside of the array's elements";
    return NULL;
}

static const char *mirror_fault_of_row(const tacho_mirror *row, const tacho_desc *family,
                                       const tacho_mirror_array *array)
{
    size_t labels = tacho__desc_label_count(family);
    double scale = family->scale;
    if (family->type != TACHO_COUNTER && family->type != TACHO_GAUGE && family->type != TACHO_UNKNOWN)
        return "its type is TACHO_COUNTER, TACHO_GAUGE or TACHO_UNKNOWN";
    if (scale != 0 && !(scale > 0 && scale <= 1.7976931348623157e308)) return "a scale is finite and above 0";
    if (row->wraps && (family->type != TACHO_COUNTER || row->from.kind != TACHO_MIRROR_UNSIGNED || row->from.size > 4))
        return "`wraps` is for counters, and for unsigned numbers of at most 32 bits";
    if (array && !row->desc.name) return "in an array each row has a name";
    if (array && !labels) return "in an array each row has labels";
    if (array && !array->label && labels != 1) return "an array without a `label` function has one label";
    for (size_t i = 0; i < TACHO_MAX_LABELS; i++)
        if ((row->values[i] != NULL) != (!array && i < labels))
            return array ? "its label values come from the array" : "it has one value for each label";
    return mirror_fault_of_source(row, array);
}

static bool mirror_lists(const tacho_desc *family, const tacho_mirror *row)
{
    for (size_t i = 0; i < tacho__desc_label_count(family); i++) {
        const char *const *set = family->values[i];
        while (set && *set && strcmp(*set, row->values[i]) != 0) set++;
        if (set && !*set) return false;
    }
    return true;
}

static bool mirror_is_alike(const tacho_mirror *a, const tacho_mirror *b)
{
    for (size_t i = 0; i < TACHO_MAX_LABELS && a->values[i]; i++)
        if (strcmp(a->values[i], b->values[i]) != 0) return false;
    return true;
}

/* What a run would refuse each time. `first` is the row that names the family. */
static const char *mirror_fault_of_values(const tacho_mirror *first, const tacho_mirror *row)
{
    if (!mirror_lists(&first->desc, row)) return "a label value is none that the label lists";
    for (const tacho_mirror *other = first; other < row; other++)
        if (mirror_is_alike(other, row)) return "two rows have the same label values";
    return NULL;
}

/* What is wrong with a table, if anything, and in which family. */
static const char *mirror_fault(const tacho_mirror *rows, size_t count, const tacho_mirror_array *array,
                                const char **name)
{
    const tacho_mirror *first = rows;
    const char *fault = array && (array->stride == 0 || array->stride > PTRDIFF_MAX) ? "an array has a stride" : NULL;
    for (size_t i = 0; i < count && !fault; i++) {
        if (rows[i].desc.name) first = &rows[i];
        fault = mirror_fault_of_row(&rows[i], &first->desc, array);
        if (!fault && !array) fault = mirror_fault_of_values(first, &rows[i]);
        if (!fault && array && tacho__desc_label_count(&first->desc) != tacho__desc_label_count(&rows[0].desc))
            fault = "in an array all rows have the same number of labels";
    }
    *name = first->desc.name;
    return fault;
}

/* ---- Life ------------------------------------------------------------------------------------------------------- */

static void mirror_release(tacho_collector *self)
{
    struct mirror *mirror = TACHO_CONTAINER(self, struct mirror, collector);
    tacho__free(mirror->rows);
    tacho__free(mirror->descs);
    tacho__free(mirror->turns);
    tacho__free(mirror);
}

static bool mirror_alloc(struct mirror *mirror)
{
    uint64_t turns = 0;
    size_t families = 0;
    for (size_t i = 0; i < mirror->row_count; i++) {
        turns += mirror->table[i].wraps ? mirror->room : 0;
        families += mirror->table[i].desc.name != NULL;
    }
    if (turns > PTRDIFF_MAX / sizeof *mirror->turns) return false;
    mirror->ops.desc_count = families;
    mirror->rows = tacho__alloc(mirror->row_count * sizeof *mirror->rows);
    mirror->descs = tacho__alloc(families * sizeof *mirror->descs);
    if (turns) mirror->turns = tacho__alloc((size_t)turns * sizeof *mirror->turns);
    return mirror->rows && mirror->descs && (mirror->turns || !turns);
}

static void mirror_fill(struct mirror *mirror)
{
    tacho_desc *family = NULL, *next = mirror->descs; /* the first row names one */
    struct mirror_turn *turns = mirror->turns;
    struct tacho__scale scale = { 1, 0 };
    for (size_t i = 0; i < mirror->row_count; i++) {
        const tacho_mirror *row = &mirror->table[i];
        if (row->desc.name) {
            scale = tacho__scale_of(row->desc.scale);
            family = next++;
            *family = row->desc;
            family->scale = 0;
        }
        mirror->rows[i] = (struct mirror_row){ family, scale, row->wraps ? turns : NULL };
        if (row->wraps) turns += mirror->room;
    }
}

static struct mirror *mirror_new(tacho_registry *reg, const tacho_mirror *rows, size_t count, tacho_mirror_array *array)
{
    struct mirror *mirror = tacho__alloc(sizeof *mirror);
    if (!mirror) return NULL;
    mirror->reg = reg;
    mirror->table = rows;
    mirror->row_count = count;
    mirror->array = array;
    mirror->room = !array ? 1 : array->max_count ? array->max_count : MIRROR_ELEMENTS;
    mirror->collector.ops = &mirror->ops;
    if (!mirror_alloc(mirror)) {
        mirror_release(&mirror->collector);
        return NULL;
    }
    mirror_fill(mirror);
    mirror->ops.name = rows[0].desc.name;
    mirror->ops.descs = mirror->descs;
    mirror->ops.collect = mirror_collect;
    mirror->ops.release = mirror_release;
    return mirror;
}

tacho_err tacho_mirror_add(tacho_registry *reg, const tacho_mirror *rows, size_t count, tacho_mirror_array *array,
                           tacho_collector **out)
{
    char shown[84];
    if (out) *out = NULL;
    if (!reg || !rows || count == 0 || count > MIRROR_ROWS_MAX || !rows[0].desc.name)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "a mirror has 1 to 65536 rows, the first one with a name");
    const char *name, *fault = mirror_fault(rows, count, array, &name);
    if (fault)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "mirror, family '%s': %s", tacho__printable(shown, name),
                                    fault);
    struct mirror *mirror = mirror_new(reg, rows, count, array);
    if (!mirror)
        return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "mirror, family '%s': out of memory",
                                    tacho__printable(shown, rows[0].desc.name));
    tacho_err err = tacho_registry_add(reg, &mirror->collector);
    if (err)
        mirror_release(&mirror->collector);
    else if (out)
        *out = &mirror->collector;
    return err;
}
