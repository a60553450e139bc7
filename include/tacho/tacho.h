/*
 * tacho.h - all of tacho. Read in this order: base, desc (rows), metric, summary, state, exemplar (updates), registry, collector,
 * mirror, process (numbers from elsewhere), expose, sink, http, push (the way out), lint, describe.
 */
#ifndef TACHO_H
#define TACHO_H

#include <tacho/base.h>
#include <tacho/sink.h>
#include <tacho/desc.h>
#include <tacho/metric.h>
#include <tacho/summary.h>
#include <tacho/state.h>
#include <tacho/exemplar.h>
#include <tacho/collector.h>
#include <tacho/registry.h>
#include <tacho/mirror.h>
#include <tacho/process.h>
#include <tacho/lint.h>
#include <tacho/describe.h>
#include <tacho/expose.h>
#include <tacho/http.h>
#include <tacho/push.h>

#endif
