#include <err.h>
#include <tacho/tacho.h>
#include <unistd.h>
static tacho_counter *ticks;
static const tacho_desc metrics[] = {{ .counter = &ticks, .name = "hello_ticks_total", .help = "Times round the loop." }};
int main(int argc, char **argv)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_http_options http = { .listen = argc > 1 ? argv[1] : NULL };
    if (TACHO_DEFINE(reg, metrics) || tacho_http_start(reg, &http, NULL)) errx(1, "%s", tacho_registry_error(reg));
    for (;; sleep(1)) tacho_counter_inc(ticks);
}
