/*
 * describe.h - what a registry can show, as JSON: its schema, for dashboards, alerts, a reference page, and for telling
 * what a new version of a program would break.
 *
 *   tacho_fd_sink out;
 *   tacho_fd_sink_init(&out, STDOUT_FILENO);
 *   return tacho_registry_describe(reg, &out.sink) != TACHO_OK;
 *
 * Let a program have an option that does this once its families are defined (those of a server are with
 * tacho_http_start), and keep the file beside its sources. What is made of it is the work of tacho_schema.py, which is
 * installed too:
 *
 *   tacho_schema.py dashboard app.json > app.dashboard.json     a first dashboard for Grafana
 *   tacho_schema.py rules app.json > app.rules.yml              recording rules and first alerts for Prometheus
 *   tacho_schema.py reference app.json > METRICS.md             a page for people
 *   tacho_schema.py diff released.json app.json                 what breaks, and exit status 1 if something does
 *
 * One object, a family a line, in the order in which a scrape shows them; the same registry gives the same bytes:
 *
 *   {"version":1,"constants":{"zone":"eu"},"families":[
 *   {"name":"jobs_total","type":"counter","help":"Jobs.","labels":[{"name":"queue"},
 *    {"name":"result","values":["ok","failed"]}],"max_series":1000},
 *   {"name":"x_seconds","type":"histogram","help":"X.","unit":"seconds","labels":[],"buckets":[0.1,1],"max_series":1},
 *   {"name":"pool_depth","type":"gauge","help":"Depth.","labels":[],"collector":"pool"}
 *   ],"unannounced":["plugins"]}
 *
 *   version      of this layout: 1. Members may be added to it; one that is taken away or changed raises the number
 *   constants    labels that every sample shows, of the registry, and of the family if it has some of its own
 *   families     those that were defined, those that a collector announces, and tacho's own, of the collector "tacho"
 *   unannounced  collectors that announce nothing: what they emit is not in here
 *
 * Of a family. What stands without a condition is always there:
 *
 *   name        as the program wrote it; scrapers that cannot read UTF-8 names get it escaped
 *   type        counter, gauge, histogram, summary, gaugehistogram, info, stateset or unknown
 *   help
 *   unit        if it has one
 *   labels      in order; `values`: all that the label can have, if its row lists them
 *   constants   if it has labels with one value beside those of the registry
 *   extreme     of a gauge that shows what was highest or lowest within a window: "maximum" or "minimum"
 *   buckets     of both kinds of histograms: the upper bounds without +Inf; none at all beside a native histogram without
 *               classic buckets
 *   native      of a native histogram, as in its row, whose 0 means default: factor, zero_threshold, max_buckets,
 *               max_zero_threshold, min_reset_seconds
 *   quantiles   of a summary: its ranks
 *   states      of a stateset: their names
 *   max_series  of a family that was defined: how many it may have
 *   collector   of a family that was announced: who emits it
 */
#ifndef TACHO_DESCRIBE_H
#define TACHO_DESCRIBE_H

#include <tacho/registry.h>
#include <tacho/sink.h>

TACHO_BEGIN_DECLS

/**
 * Write the schema of a registry to a sink, a family at a time. Collectors do not run.
 *
 * TACHO_ERR_NOMEM, TACHO_ERR_ARG, TACHO_ERR_BUSY (another process holds the registry for longer than set-up calls wait), or
 * the sink's error, with its errno: then what was written has to be thrown away. No lock is held while the sink is called: it may
 * define families, and add and remove collectors. A registry whose constants are faulty has neither constants nor families.
 */
TACHO_JSON_API tacho_err tacho_registry_describe(tacho_registry *reg, tacho_sink *sink); /* [shared | O(families) | 0.1] */

TACHO_END_DECLS

#endif
