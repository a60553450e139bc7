/*
 * event_keys.h - short words for the keys of an event_row. For sources with a table of them, and for no header.
 */
#ifndef EXAMPLES_EVENT_KEYS_H
#define EXAMPLES_EVENT_KEYS_H

#include "events.h"

#define NOTHING { NULL, EVENT_COUNT, NULL }
#define COUNT(key) { key, EVENT_COUNT, NULL }
#define AMOUNT(key) { key, EVENT_AMOUNT, NULL }
#define TEXT(key) { key, EVENT_TEXT, NULL }
#define CHOICE(key, choices) { key, EVENT_CHOICE, choices }

#endif
