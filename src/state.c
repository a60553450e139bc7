/*
 * state.c - statesets, one bit per state in one shared cell, and infos, whose cell nobody reads.
 *
 * Relaxed: a stateset says what is, and nothing about other memory.
 */
#include <tacho/state.h>

#include "cells.h"
#include "remove.h"

/* The cell of a stateset; NULL: it has no such state, which is counted. */
static _Atomic uint64_t *state_cell(tacho_stateset *stateset, unsigned state)
{
    struct tacho_head *head = (struct tacho_head *)(void *)stateset;
    if (!head) return NULL;
    if (TACHO_LIKELY(state < head->bound_count)) return (_Atomic uint64_t *)tacho_head_cells(head);
    tacho__registry_misuse(tacho__registry_of(head), TACHO__MISUSE_KIND, NULL, "a stateset has fewer states");
    return NULL;
}

void tacho_stateset_set(tacho_stateset *stateset, unsigned state)
{
    _Atomic uint64_t *cell = state_cell(stateset, state);
    if (cell) tacho__store_relaxed(cell, UINT64_C(1) << state); /* a state by itself */
}

void tacho_stateset_turn(tacho_stateset *stateset, unsigned state, int on)
{
    _Atomic uint64_t *cell = state_cell(stateset, state);
    if (!cell) return;
    if (on)
        (void)atomic_fetch_or_explicit(cell, UINT64_C(1) << state, memory_order_relaxed); /* a state by itself */
    else
        (void)atomic_fetch_and_explicit(cell, ~(UINT64_C(1) << state), memory_order_relaxed);
}

uint64_t tacho_stateset_value(tacho_stateset *stateset)
{
    struct tacho_head *head = (struct tacho_head *)(void *)stateset;
    if (!head || head->bound_count == 0) return 0; /* one that leads nowhere has no states */
    return tacho__load_relaxed((_Atomic uint64_t *)tacho_head_cells(head)); /* a state by itself */
}

tacho_stateset *tacho_stateset_at(tacho_stateset_vec *vec, tacho_labels labels)
{
    return tacho__vec_at(vec, labels, TACHO_STATESET);
}

void tacho_stateset_set_at(tacho_stateset_vec *vec, tacho_labels labels, unsigned state)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_stateset_set(found.handle, state);
    tacho__vec_leave(found);
}

tacho_stateset_vec *tacho_stateset_bind(tacho_stateset_vec *vec, tacho_labels values)
{
    return (void *)tacho__vec_bind((void *)vec, values);
}

tacho_err tacho_stateset_remove(tacho_stateset_vec *vec, tacho_stateset *stateset)
{
    return tacho__remove_handle(vec, stateset);
}

tacho_err tacho_stateset_remove_at(tacho_stateset_vec *vec, tacho_labels labels)
{
    return tacho__remove_at(vec, labels);
}

size_t tacho_stateset_remove_matching(tacho_stateset_vec *vec, tacho_labels labels)
{
    return tacho__remove_matching(vec, labels);
}

tacho_err tacho_stateset_clear(tacho_stateset_vec *vec)
{
    return tacho__remove_all(vec);
}

void tacho_info_set(tacho_info_vec *vec, tacho_labels labels)
{
    (void)tacho__vec_at(vec, labels, TACHO_INFO);
}

tacho_err tacho_info_remove_at(tacho_info_vec *vec, tacho_labels labels)
{
    return tacho__remove_at(vec, labels);
}

size_t tacho_info_remove_matching(tacho_info_vec *vec, tacho_labels labels)
{
    return tacho__remove_matching(vec, labels);
}

tacho_err tacho_info_clear(tacho_info_vec *vec)
{
    return tacho__remove_all(vec);
}
