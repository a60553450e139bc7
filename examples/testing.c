/*
 * testing.c - the tests of a mail queue's metrics, with nothing but assert: what a user's own tests look like.
 */
#include <assert.h>
#include <stddef.h>
#include <tacho/tacho.h>
#include <tacho/tacho_test.h>

/* ---- What is tested: elsewhere, in a real program ------------------------------------------------------------------------ */

static tacho_counter_vec *mails;
static tacho_gauge *waiting;
static tacho_histogram *seconds;
static const tacho_desc metrics[] = {
    { .counter_vec = &mails, .name = "mails_total", .help = "Mails by outcome.", .labels = { "outcome" } },
    { .gauge = &waiting, .name = "mails_waiting", .help = "Mails in the queue." },
    { .histogram = &seconds, .name = "mail_seconds", .help = "Time to send a mail.", .unit = "seconds", TACHO_BUCKETS(0.1, 1) },
};

static tacho_registry *metrics_start(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    if (TACHO_DEFINE(reg, metrics) == TACHO_OK) return reg;
    tacho_registry_free(reg);
    return NULL;
}

static void mail_send(const char *address)
{
    tacho_timer timer = tacho_timer_start();
    if (*address == '\0') {
        tacho_counter_inc_at(mails, TACHO_LABELS("refused"));
        return;
    }
    tacho_gauge_inc(waiting);
    (void)tacho_test_clock_advance(0.25); /* here it would be sent, which takes its time */
    tacho_gauge_dec(waiting);
    tacho_counter_inc_at(mails, TACHO_LABELS("sent"));
    (void)tacho_timer_observe(timer, seconds);
}

/* ---- Its tests -------------------------------------------------------------------------------------------------------------- */

static void mails_are_counted_by_outcome(tacho_registry *reg)
{
    TACHO_TEST_DELTA(reg, "mails_total{outcome=\"sent\"}", 2)
    TACHO_TEST_DELTA(reg, "mails_total{outcome=\"refused\"}", 1) {
        mail_send("a@example.org");
        mail_send("");
        mail_send("b@example.org");
    }
    TACHO_TEST_VALUE(reg, "mails_waiting", 0);
    assert(tacho_test_count(reg, "mails_total") == 2);
}

static void times_are_measured(tacho_registry *reg)
{
    static const char *const names[] = { "mail_seconds" };
    static const tacho_scrape_options only = { .names = names, .name_count = 1 };
    TACHO_TEST_PAGE(reg, "mail_seconds_bucket{le=\"0.1\"} 0\n"
                         "mail_seconds_bucket{le=\"1\"} 2\n"
                         "mail_seconds_bucket{le=\"+Inf\"} 2\n"
                         "mail_seconds_sum 0.5\n"
                         "mail_seconds_count 2\n", &only);
}

static void starting_survives_any_lack_of_memory(void)
{
    for (size_t first = 1;; first++) {
        tacho_test_alloc_fail(first, 1);
        tacho_registry_free(metrics_start());
        if (tacho_test_alloc_end() < first) break;
    }
}

int main(void)
{
    (void)tacho_test_clock_hold(1700000000);
    tacho_registry *reg = metrics_start();
    assert(reg);
    mails_are_counted_by_outcome(reg);
    times_are_measured(reg);
    tacho_registry_free(reg);
    starting_survives_any_lack_of_memory();
    tacho_test_clock_release();
    return 0;
}
