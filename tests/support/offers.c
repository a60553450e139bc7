/*
 * offers.c - negotiating under watch.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "offers.h"

tacho_offer offers_for(const char *accept, size_t len)
{
    char *copy = malloc(len + 1);
    assert_non_null(copy);
    memcpy(copy, accept, len);
    copy[len] = '\0';
    tacho_offer offer = tacho_format_negotiate(copy);
    free(copy);
    return offer;
}

void offers_check(const char *accept, const struct offers_row *want)
{
    tacho_offer offer = offers_for(accept, strlen(accept));
    if (strcmp(offer.content_type, want->content_type) != 0)
        fail_msg("\"%s\" gets \"%s\", not \"%s\"", accept, offer.content_type, want->content_type);
    if (offer.format != want->format) fail_msg("\"%s\": format %d", accept, (int)offer.format);
    if (offer.escaping != want->escaping) fail_msg("\"%s\": escaping %d", accept, (int)offer.escaping);
}
