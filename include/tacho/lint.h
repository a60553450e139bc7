/*
 * lint.h - what a registry's names could do better: the conventions that nothing enforces, each told with what to do.
 *
 * tacho_registry_define refuses what some format or scraper could not read. What is only against the conventions it
 * takes, and who writes queries suffers from it for as long as the name lives. So lint in a test of yours:
 *
 *   tacho_fd_sink out;
 *   tacho_fd_sink_init(&out, STDERR_FILENO);
 *   if (tacho_registry_lint(reg, &out.sink) > 0) return 1;
 *
 * A finding is one line that names the family and, where it can, a better name:
 *
 *   family 'app_wait_ms': 'ms' is no base unit; measure in seconds and call it app_wait_seconds
 *
 * What `promtool check metrics` (Prometheus 2.42) finds is among the findings:
 *
 *   help         is not blank
 *   units        are base units (seconds, not ms, minutes or milliseconds), and not abbreviated
 *   types        _total is for counters, which all have it; _bucket, _count, _sum, labels le and quantile are for
 *                histograms and summaries; no type is part of a name. TACHO_UNKNOWN may have any suffix and label
 *   letters      no ':', which is for recording rules; no camelCase, in labels neither
 *
 * Beyond that (Prometheus, "Metric and label naming"):
 *
 *   prefix       a name begins with the program's; process_ and scrape_ have their meanings already
 *   units        end the name, in the plural, and are in the row as `unit` too; ratios from 0 to 1, no percents
 *   types        _info is for infos; a time stamp is a gauge and called _timestamp_seconds; a ratio is no counter
 *   labels       are not in the name (by_status), and not what the scraper adds (job, instance, env ...); of the values
 *                that a row lists, none is the total of the others
 *
 * A family whose documented name is against all that has TACHO_UNUSUAL_NAME in its row, and no finding.
 */
#ifndef TACHO_LINT_H
#define TACHO_LINT_H

#include <tacho/registry.h>
#include <tacho/sink.h>

TACHO_BEGIN_DECLS

/**
 * Write the findings to a sink, each in one call as one line that ends in LF, and return how many there are. First come
 * those about the labels that the registry gives to all families, told once; then those of each family, in the order of
 * definition. Collectors do not run: their families are those they announce. tacho's own are left out.
 *
 * A NULL sink only counts. A sink that fails is not called again; the number is that of all findings all the same. A
 * NULL registry is one finding, so that 0 always means that somebody looked. No lock is held while the sink is called:
 * it may define families, and add and remove collectors.
 */
TACHO_LINT_API size_t tacho_registry_lint(tacho_registry *reg, tacho_sink *sink); /* [shared | O(families) | 0.1] */

TACHO_END_DECLS

#endif
