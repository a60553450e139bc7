/*
 * batch.c - a job that is over before anybody scrapes it: it counts, and leaves its numbers behind when it ends.
 *
 *   batch FILE.prom                    for node_exporter's textfile collector
 *   batch http://127.0.0.1:9091        to a Pushgateway
 * Needs: PUSH
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tacho/tacho.h>

static tacho_counter *copied;
static tacho_gauge *seconds, *finished;

static const tacho_desc metrics[] = {
    { .counter = &copied, .name = "backup_files_total", .help = "Files copied by the last run; 0 means nothing was found." },
    { .gauge = &seconds, .name = "backup_duration_seconds", .unit = "seconds", .help = "How long the last run took." },
    { .gauge = &finished, .name = "backup_last_success_timestamp_seconds", .unit = "seconds",
      .help = "When a run last went well; alert when that is too long ago." },
};

static void work(void)
{
    for (int i = 0; i < 1000; i++) tacho_counter_inc(copied);
}

int main(int argc, char **argv)
{
    const char *target = argc > 1 ? argv[1] : "backup.prom";
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    tacho_err err = TACHO_DEFINE(reg, metrics);
    time_t began = time(NULL);
    work();
    tacho_gauge_set(seconds, difftime(time(NULL), began));
    tacho_gauge_set(finished, (double)time(NULL));
    const tacho_push_options push = { .url = target, .job = "backup" };
    if (!err) err = strncmp(target, "http:", 5) == 0 ? tacho_push(reg, &push) : tacho_textfile_write(reg, target, NULL);
    if (err) fprintf(stderr, "batch: %s\n", tacho_registry_error(reg));
    tacho_registry_free(reg);
    return err ? 1 : 0;
}
