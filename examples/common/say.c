#define _POSIX_C_SOURCE 200809L
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void say(const char *program, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0) return;
    if ((size_t)len >= sizeof text) memcpy(text + sizeof text - 4, "...", 4);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f) *p = '?';
    fprintf(stderr, "%s: %s\n", program, text); /* stderr is locked for the call: lines never mix */
}
