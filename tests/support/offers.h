/*
 * offers.h - what clients ask for and what they get, written out as constants.
 */
#ifndef OFFERS_H
#define OFFERS_H

#include <stddef.h>

#include <tacho/expose.h>

/* What a client gets: format, escaping, Content-Type. */
#define TEXT_AS(escaping) TACHO_TEXT, escaping, "text/plain; version=0.0.4; charset=utf-8"
#define TEXT TEXT_AS(TACHO_UNDERSCORES)
#define TEXT_1_AS(escaping, word) TACHO_TEXT_1, escaping, "text/plain; version=1.0.0; charset=utf-8; escaping=" word
#define TEXT_1 TEXT_1_AS(TACHO_UNDERSCORES, "underscores")
#define OM_AS(escaping, word) \
    TACHO_OPENMETRICS, escaping, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=" word
#define OM OM_AS(TACHO_UNDERSCORES, "underscores")
#define OM_0_AS(escaping) TACHO_OPENMETRICS, escaping, "application/openmetrics-text; version=0.0.1; charset=utf-8"
#define OM_0 OM_0_AS(TACHO_UNDERSCORES)
#define PB_AS(escaping, word)                                                                                      \
    TACHO_PROTOBUF, escaping,                                                                                      \
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=" word
#define PB PB_AS(TACHO_UNDERSCORES, "underscores")

/* What a client asks for. */
#define ASK_OM "application/openmetrics-text;version=1.0.0"
#define ASK_PB "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

/** An Accept field, and the offer that it gets. */
struct offers_row {
    const char *accept;
    tacho_format format;
    tacho_escaping escaping;
    const char *content_type;
};

/** Negotiate with `len` bytes, none of them NUL, on a heap block of that length: a sanitizer sees each read too far. */
tacho_offer offers_for(const char *accept, size_t len);

/** Fails the cmocka test, and says how, unless `accept` gets what the row says; its own field is not looked at. */
void offers_check(const char *accept, const struct offers_row *want);

#endif
