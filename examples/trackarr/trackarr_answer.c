/*
 * trackarr_answer.c - an answer is checked number by number: what it has, and at the end what it has not.
 */
#include "trackarr_source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trackarr_answer_init(trackarr_answer *answer, const tacho_desc *desc)
{
    answer->desc = desc;
    answer->given = 0;
    answer->failure = TRACKARR_ANSWERED;
    answer->why[0] = '\0';
}

void trackarr_answer_fail(trackarr_answer *answer, trackarr_failure failure, const char *format, ...)
{
    va_list arguments;
    if (answer->failure) return;
    answer->failure = failure;
    va_start(arguments, format);
    (void)vsnprintf(answer->why, sizeof answer->why, format, arguments);
    va_end(arguments);
}

/* How many numbers belong to it. */
static size_t answer_size(const trackarr_answer *answer)
{
    size_t count = 0;
    if (!answer->desc->labels[0]) return 1;
    while (answer->desc->values[0][count]) count++;
    return count;
}

void trackarr_answer_put(trackarr_answer *answer, const char *label, trackarr_number number)
{
    const char *const *values = answer->desc->values[0];
    size_t at = 0, size = answer_size(answer);
    if (!label != !values) {
        trackarr_answer_fail(answer, TRACKARR_WRONG, "%s", label ? "a label too many" : "the label is NULL");
        return;
    }
    while (label && at < size && strcmp(values[at], label) != 0) at++;
    if (at == size)
        trackarr_answer_fail(answer, TRACKARR_WRONG, "'%.64s' is no value of the label %s", label,
                             answer->desc->labels[0]);
    else if (answer->given & (1u << at))
        trackarr_answer_fail(answer, TRACKARR_WRONG, "%s%s comes twice", label ? "the row of " : "the number",
                             label ? label : "");
    if (answer->failure) return;
    answer->given |= 1u << at;
    answer->numbers[at] = number;
}

bool trackarr_answer_end(trackarr_answer *answer)
{
    for (size_t i = 0, size = answer_size(answer); i < size && !answer->failure; i++) {
        if (answer->given & (1u << i)) continue;
        if (answer->desc->values[0])
            trackarr_answer_fail(answer, TRACKARR_WRONG, "the row of %s is missing",
                                 answer->desc->values[0][i]);
        else
            trackarr_answer_fail(answer, TRACKARR_WRONG, "there is no row");
    }
    return !answer->failure;
}
