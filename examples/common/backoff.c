#include "backoff.h"

#include "deadline.h"

void backoff_init(backoff *self, uint32_t min_ms, uint32_t max_ms)
{
    self->min_ms = min_ms ? min_ms : 250;
    self->max_ms = max_ms ? max_ms : 30000;
    if (self->max_ms < self->min_ms) self->max_ms = self->min_ms;
    backoff_succeed(self);
}

void backoff_succeed(backoff *self)
{
    self->step_ms = 0;
    self->until_ns = 0;
}

void backoff_fail(backoff *self)
{
    if (self->step_ms == 0)
        self->step_ms = self->min_ms;
    else
        self->step_ms = self->step_ms < self->max_ms / 2 ? self->step_ms * 2 : self->max_ms;
    self->until_ns = deadline_in_ms(self->step_ms);
}

int backoff_left_ms(const backoff *self) { return deadline_left_ms(self->until_ns); }
