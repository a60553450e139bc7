/*
 * format.c - the table of formats, less those that were left out.
 */
#include "format.h"

#define FORMAT_WRITTEN(writer, pushed) { &(writer), &(pushed), NULL }
#define FORMAT_LEFT_OUT(option) { NULL, NULL, "the library was built without this format (" option "=OFF)" }

#ifndef TACHO_NO_OPENMETRICS
#define FORMAT_OPENMETRICS FORMAT_WRITTEN(tacho__openmetrics_writer, tacho__openmetrics_writer)
#else
#define FORMAT_OPENMETRICS FORMAT_LEFT_OUT("TACHO_OPENMETRICS")
#endif

#ifndef TACHO_NO_PROTOBUF
#define FORMAT_PROTOBUF FORMAT_WRITTEN(tacho__protobuf_writer, tacho__protobuf_push_writer)
#else
#define FORMAT_PROTOBUF FORMAT_LEFT_OUT("TACHO_PROTOBUF")
#endif

#ifndef TACHO_NO_JSON
#define FORMAT_JSON FORMAT_WRITTEN(tacho__json_writer, tacho__json_writer)
#define FORMAT_CSV FORMAT_WRITTEN(tacho__csv_writer, tacho__csv_writer)
#else
#define FORMAT_JSON FORMAT_LEFT_OUT("TACHO_JSON")
#define FORMAT_CSV FORMAT_LEFT_OUT("TACHO_JSON")
#endif

static const struct format_entry {
    const struct tacho__writer *writer, *pushed;
    const char *fault;
} format_entries[] = {
    [TACHO_TEXT] = FORMAT_WRITTEN(tacho__text_writer, tacho__text_writer),
    [TACHO_TEXT_1] = FORMAT_WRITTEN(tacho__text_writer, tacho__text_writer),
    [TACHO_OPENMETRICS] = FORMAT_OPENMETRICS,
    [TACHO_PROTOBUF] = FORMAT_PROTOBUF,
    [TACHO_JSON] = FORMAT_JSON,
    [TACHO_CSV] = FORMAT_CSV,
};

static const struct format_entry *format_entry(tacho_format format)
{
    static const struct format_entry none = { NULL, NULL, "there is no such format" };
    return (size_t)format < TACHO_COUNT(format_entries) ? &format_entries[format] : &none;
}

const struct tacho__writer *tacho__format_writer(tacho_format format)
{
    return format_entry(format)->writer;
}

const struct tacho__writer *tacho__format_push_writer(tacho_format format)
{
    return format_entry(format)->pushed;
}

const char *tacho__format_fault(tacho_format format)
{
    return format_entry(format)->fault;
}
