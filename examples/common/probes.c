/* Needs: HTTP */
#include "probes.h"

#include <stdbool.h>
#include <string.h>

static void probes_say(tacho_http_reply *reply, int status, const char *body)
{
    reply->status = status;
    reply->body = body;
    reply->len = strlen(body);
}

static void probes_answer_live(tacho_http_route *self, const tacho_http_request *request,
                               tacho_http_reply *reply)
{
    (void)self, (void)request;
    probes_say(reply, 200, "live\n");
}

static void probes_answer_ready(tacho_http_route *self, const tacho_http_request *request,
                               tacho_http_reply *reply)
{
    probes *all = TACHO_CONTAINER(self, probes, readyz);
    (void)request;
    if (atomic_load_explicit(&all->ready, memory_order_relaxed)) /* it publishes nothing but itself */
        probes_say(reply, 200, "ready\n");
    else
        probes_say(reply, 503, "starting\n");
}

static const tacho_http_route_ops probes_livez = { .path = "/livez", .answer = probes_answer_live };
static const tacho_http_route_ops probes_readyz = { .path = "/readyz", .answer = probes_answer_ready };

tacho_err probes_add(probes *self, tacho_http *http)
{
    atomic_init(&self->ready, false);
    self->livez.ops = &probes_livez;
    self->readyz.ops = &probes_readyz;
    tacho_err err = tacho_http_add_route(http, &self->livez);
    return err ? err : tacho_http_add_route(http, &self->readyz);
}

void probes_set_ready(probes *self) { atomic_store_explicit(&self->ready, true, memory_order_relaxed); }
