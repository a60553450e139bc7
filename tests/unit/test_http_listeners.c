/*
 * test_http_listeners.c - several listeners of one server: their paths, tokens, hosts and views; sockets that systemd passed.
 * Needs: HTTP JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define LOOPBACK "127.0.0.1:0"

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    tacho_counter *ours, *theirs;
    tacho_histogram *seconds;
    char dir[32], listen[72], path[64];
} rig;

static const tacho_desc rows[] = {
    { .counter = &rig.ours, .name = "our_jobs_total", .help = "Ours." },
    { .counter = &rig.theirs, .name = "their_jobs_total", .help = "Theirs." },
    { .histogram = &rig.seconds, .name = "our_job_seconds", .help = "Time.", .unit = "seconds" },
};

static int rig_up(void **state)
{
    (void)state;
    rig = (struct rig){ .dir = "/tmp/tacho-listen-XXXXXX" };
    if (!mkdtemp(rig.dir)) return -1;
    (void)snprintf(rig.path, sizeof rig.path, "%s/sock", rig.dir);
    (void)snprintf(rig.listen, sizeof rig.listen, "unix:%s", rig.path);
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    return TACHO_DEFINE(rig.reg, rows) ? -1 : 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    return rmdir(rig.dir);
}

static void serve(const tacho_http_options *options)
{
    if (tacho_http_start(rig.reg, options, &rig.http)) fail_msg("%s", tacho_registry_error(rig.reg));
}

static int status_of(const char *url, const char *target, const char *fields)
{
    http_answer answer = http_fetch(url, "GET", target, fields);
    int status = answer.status;
    http_answer_fini(&answer);
    return status;
}

static int status_for(const char *url, const char *target, const char *host)
{
    char request[256];
    http_client client = http_client_open(url);
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, host);
    assert_true(http_client_say(&client, request));
    http_answer answer = http_client_read(&client, "GET");
    int status = answer.status;
    http_answer_fini(&answer);
    http_client_close(&client);
    return status;
}

/* ---- Several ------------------------------------------------------------------------------------------------------------ */

static void each_listener_has_its_own_path_and_token(void **state)
{
    const tacho_http_options third = { .listen = LOOPBACK, .path = "/inner" };
    const tacho_http_options second = { .listen = rig.listen, .path = "/m", .token = "two", .also = &third };
    const tacho_http_options first = { .listen = LOOPBACK, .token = "one", .also = &second };
    (void)state;
    serve(&first);
    const char *urls[3];
    for (size_t i = 0; i < 3; i++) urls[i] = tacho_http_listener_url(rig.http, i);
    assert_null(tacho_http_listener_url(rig.http, 3));
    assert_null(tacho_http_listener_url(NULL, 0));
    assert_string_equal(tacho_http_url(rig.http), urls[0]);
    assert_non_null(strstr(urls[1], "http://unix:/"));
    assert_non_null(strstr(urls[2], "/inner"));
    static const struct {
        const char *target, *token;
        int want[3];
    } cases[] = {
        { "/metrics", NULL, { 401, 404, 404 } }, { "/metrics", "one", { 200, 404, 404 } },
        { "/metrics", "two", { 401, 404, 404 } }, { "/m", NULL, { 404, 401, 404 } },
        { "/m", "two", { 404, 200, 404 } },       { "/m.csv", "two", { 404, 200, 404 } },
        { "/inner", NULL, { 404, 404, 200 } },    { "/healthz", NULL, { 200, 200, 200 } },
    };
    for (size_t i = 0; i < LENGTH(cases) * 3; i++) {
        char fields[64] = "";
        if (cases[i / 3].token) (void)snprintf(fields, sizeof fields, "Authorization: Bearer %s\r\n", cases[i / 3].token);
        int status = status_of(urls[i % 3], cases[i / 3].target, fields);
        if (status != cases[i / 3].want[i % 3]) fail_msg("case %zu, listener %zu: %d", i / 3, i % 3, status);
    }
}

static void unused_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self, (void)request, (void)reply;
}

static void a_route_is_on_every_listener_and_takes_no_path_of_any(void **state)
{
    static const tacho_http_route_ops ops[] = { { .path = "/m", .answer = unused_answer },
                                                { .path = "/metrics.csv", .answer = unused_answer },
                                                { .path = "/x", .answer = unused_answer } };
    static tacho_http_route routes[] = { { .ops = &ops[0] }, { .ops = &ops[1] }, { .ops = &ops[2] } };
    const tacho_http_options second = { .listen = LOOPBACK, .path = "/m" };
    (void)state;
    serve(&(tacho_http_options){ .listen = LOOPBACK, .also = &second });
    assert_int_equal(tacho_http_add_route(rig.http, &routes[0]), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_http_add_route(rig.http, &routes[1]), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_http_add_route(rig.http, &routes[2]), TACHO_OK);
    assert_int_equal(status_of(tacho_http_listener_url(rig.http, 0), "/x", ""), 200);
    assert_int_equal(status_of(tacho_http_listener_url(rig.http, 1), "/x", ""), 200);
}

static void when_one_address_cannot_be_had_nothing_is_served(void **state)
{
    struct stat file;
    const tacho_http_options second = { .listen = "nonsense" };
    const tacho_http_options first = { .listen = rig.listen, .also = &second };
    (void)state;
    assert_int_equal(tacho_http_start(rig.reg, &first, &rig.http), TACHO_ERR_ARG);
    assert_non_null(strstr(tacho_registry_error(rig.reg), "nonsense"));
    assert_null(rig.http);
    assert_int_not_equal(stat(rig.path, &file), 0);
    tacho_http_options many[65] = { { .listen = LOOPBACK } };
    for (size_t i = 0; i < LENGTH(many); i++) {
        many[i].listen = LOOPBACK;
        if (i > 0) many[i - 1].also = &many[i];
    }
    assert_int_equal(tacho_http_start(rig.reg, many, &rig.http), TACHO_ERR_ARG);
    assert_non_null(strstr(tacho_registry_error(rig.reg), "65 listeners"));
}

static void clients_of_all_listeners_share_the_places_fairly(void **state)
{
    enum { CLIENTS = 12 };
    http_client clients[CLIENTS];
    const tacho_http_options second = { .listen = rig.listen };
    (void)state;
    serve(&(tacho_http_options){ .listen = LOOPBACK, .max_clients = 2, .timeout_ms = 60000, .also = &second });
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = http_client_open(tacho_http_listener_url(rig.http, (size_t)i % 2));
        assert_true(http_client_say(&clients[i], "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }
    for (int i = 0; i < CLIENTS; i++) {
        http_answer answer = http_client_read(&clients[i], "GET");
        assert_int_equal(answer.status, 200);
        http_answer_fini(&answer);
        http_client_close(&clients[i]);
    }
}

/* ---- Views ---------------------------------------------------------------------------------------------------------------- */

static void a_view_shows_the_families_it_names_and_a_query_only_some_of_those(void **state)
{
    static const char *const ours[] = { "our_*" }, *const theirs[] = { "their_jobs", "nothing" };
    static const struct {
        const char *query;
        bool jobs, seconds, theirs; /* behind the first listener; */
        bool other;                 /* theirs, behind the second */
    } cases[] = {
        { "", true, true, false, true },
        { "?name[]=our_jobs_total", true, false, false, false },
        { "?name[]=their_jobs_total", false, false, false, true },
        { "?name[]=our_job*", true, true, false, false },
        { "?name[]=*", true, true, false, true },
        { "?name[]=our_job_seconds_bucket&name[]=their_jobs", false, true, false, true },
    };
    const tacho_http_options second = { .listen = LOOPBACK, .names = theirs, .name_count = 2 };
    (void)state;
    serve(&(tacho_http_options){ .listen = LOOPBACK, .names = ours, .name_count = 1, .also = &second });
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char target[128];
        (void)snprintf(target, sizeof target, "/metrics%s", cases[i].query);
        http_answer first = http_fetch(tacho_http_listener_url(rig.http, 0), "GET", target, "");
        http_answer other = http_fetch(tacho_http_listener_url(rig.http, 1), "GET", target, "");
        assert_int_equal(first.status, 200);
        assert_int_equal(strstr(first.body, "our_jobs_total ") != NULL, cases[i].jobs);
        assert_int_equal(strstr(first.body, "our_job_seconds_count ") != NULL, cases[i].seconds);
        assert_int_equal(strstr(first.body, "their") != NULL, cases[i].theirs);
        assert_int_equal(strstr(other.body, "their_jobs_total ") != NULL, cases[i].other);
        assert_null(strstr(other.body, "our_"));
        http_answer_fini(&first);
        http_answer_fini(&other);
    }
    tacho_http *http;
    assert_int_equal(tacho_http_start(rig.reg, &(tacho_http_options){ .listen = LOOPBACK, .name_count = 1 }, &http),
                     TACHO_ERR_ARG);
}

/* ---- Hosts ------------------------------------------------------------------------------------------------------------------ */

static void on_loopback_a_strangers_host_is_refused(void **state)
{
    static const char *const hosts[] = { "metrics.example.org", "Proxy", NULL };
    static const struct {
        const char *host;
        int want[2]; /* without and with the hosts above */
    } cases[] = {
        { "localhost", { 200, 200 } },           { "LOCALHOST:9464", { 200, 200 } },
        { "127.0.0.1", { 200, 200 } },           { "127.0.0.1:1", { 200, 200 } },
        { "[::1]", { 200, 200 } },               { "[::1]:80", { 200, 200 } },
        { "evil.example", { 403, 403 } },        { "localhost.evil.example", { 403, 403 } },
        { "evil.localhost", { 403, 403 } },      { "localhos", { 403, 403 } },
        { "127.0.0.1.evil.example", { 403, 403 } }, { "127.0.0.2", { 403, 403 } },
        { "", { 403, 403 } },                    { ":80", { 403, 403 } },
        { "metrics.example.org", { 403, 200 } }, { "METRICS.example.org:443", { 403, 200 } },
        { "proxy", { 403, 200 } },               { "proxy.example.org", { 403, 403 } },
    };
    const tacho_http_options second = { .listen = LOOPBACK, .hosts = hosts };
    (void)state;
    serve(&(tacho_http_options){ .listen = LOOPBACK, .also = &second });
    for (size_t i = 0; i < LENGTH(cases) * 2; i++) {
        int status = status_for(tacho_http_listener_url(rig.http, i % 2), i % 4 < 2 ? "/metrics" : "/healthz", cases[i / 2].host);
        if (status != cases[i / 2].want[i % 2]) fail_msg("\"%s\": %d", cases[i / 2].host, status);
    }
    assert_int_equal(status_for(tacho_http_url(rig.http), "http://evil.example/metrics", "localhost"), 403);
    assert_int_equal(status_for(tacho_http_url(rig.http), "http://localhost/metrics", "evil.example"), 200);
    http_client old = http_client_open(tacho_http_url(rig.http)); /* no browser */
    assert_true(http_client_say(&old, "GET /healthz HTTP/1.0\r\n\r\n"));
    http_answer answer = http_client_read(&old, "GET");
    assert_int_equal(answer.status, 200);
    http_answer_fini(&answer);
    http_client_close(&old);
}

static void elsewhere_hosts_are_checked_if_there_is_a_list(void **state)
{
    static const char *const hosts[] = { "metrics", NULL }, *const any[] = { "*", NULL };
    char other[80];
    (void)state;
    (void)snprintf(other, sizeof other, "%s.2", rig.listen);
    const tacho_http_options third = { .listen = LOOPBACK, .hosts = any };
    const tacho_http_options second = { .listen = other, .hosts = hosts, .also = &third };
    serve(&(tacho_http_options){ .listen = rig.listen, .also = &second });
    assert_int_equal(status_for(tacho_http_listener_url(rig.http, 0), "/metrics", "evil.example"), 200);
    assert_int_equal(status_for(tacho_http_listener_url(rig.http, 1), "/metrics", "evil.example"), 403);
    assert_int_equal(status_for(tacho_http_listener_url(rig.http, 1), "/metrics", "metrics"), 200);
    assert_int_equal(status_for(tacho_http_listener_url(rig.http, 1), "/metrics", "localhost"), 200);
    assert_int_equal(status_for(tacho_http_listener_url(rig.http, 2), "/metrics", "evil.example"), 200);
}

static void the_listeners_own_loopback_address_is_a_host(void **state)
{
    (void)state;
    serve(&(tacho_http_options){ .listen = "127.0.0.7:0" });
    assert_int_equal(status_for(tacho_http_url(rig.http), "/metrics", "127.0.0.7:1234"), 200);
    assert_int_equal(status_for(tacho_http_url(rig.http), "/metrics", "127.0.0.8"), 403);
    tacho_http_stop(rig.http);
    serve(&(tacho_http_options){ .listen = "0.0.0.0:0" }); /* not only this machine: anybody may ask by any name */
    const char *port = strrchr(tacho_http_url(rig.http), ':');
    char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1%s", port);
    assert_int_equal(status_for(url, "/metrics", "evil.example"), 200);
}

/* An IPv6 socket that was inherited may be at an IPv4 address, and look like none of loopback. */
static void an_ipv4_loopback_address_in_ipv6_clothes_is_loopback(void **state)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
    socklen_t len = sizeof address;
    int off = 0, fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char listen_on[16], url[64];
    (void)state;
    assert_int_equal(inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr), 1);
    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        if (fd >= 0) close(fd);
        skip(); /* a machine without IPv6 */
    }
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    (void)snprintf(listen_on, sizeof listen_on, "fd:%d", fd);
    serve(&(tacho_http_options){ .listen = listen_on });
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin6_port));
    assert_int_equal(status_for(url, "/metrics", "evil.example"), 403);
    assert_int_equal(status_for(url, "/metrics", "127.0.0.1"), 200);
    assert_int_equal(status_for(url, "/metrics", "[::ffff:127.0.0.1]"), 200);
    close(fd);
}

/* ---- Modes ------------------------------------------------------------------------------------------------------------------- */

static void a_socket_file_gets_the_mode_that_is_asked_for(void **state)
{
    static const uint32_t modes[] = { 0600, 0666, 0622 };
    struct stat made;
    (void)state;
    for (size_t i = 0; i < LENGTH(modes); i++) {
        mode_t before = umask(077);
        serve(&(tacho_http_options){ .listen = rig.listen, .socket_mode = modes[i] });
        (void)umask(before);
        assert_int_equal(stat(rig.path, &made), 0);
        assert_int_equal(made.st_mode & 07777, modes[i]);
        tacho_http_stop(rig.http);
        rig.http = NULL;
    }
    assert_int_equal(tacho_http_start(rig.reg, &(tacho_http_options){ .listen = rig.listen, .socket_mode = 01777 }, &rig.http),
                     TACHO_ERR_ARG);
    assert_non_null(strstr(tacho_registry_error(rig.reg), "socket_mode"));
}

/* ---- systemd ------------------------------------------------------------------------------------------------------------------ */

/* What runs when this program is executed anew: serve what was passed, say the URLs or the error, and end with standard input. */
static int activated(const char *listen)
{
    const tacho_http_options options = { .listen = listen };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    tacho_http *http;
    const char *url;
    char byte;
    if (tacho_http_start(reg, &options, &http))
        printf("%s\n", tacho_registry_error(reg));
    else
        for (size_t i = 0; (url = tacho_http_listener_url(http, i)); i++) printf("%s\n", url);
    printf("%s %s\n", getenv("LISTEN_FDS"), getenv("LISTEN_PID") ? "pid" : "no pid");
    (void)fflush(stdout);
    (void)!read(STDIN_FILENO, &byte, 1);
    tacho_http_stop(http);
    tacho_registry_free(reg);
    return 0;
}

struct helper {
    pid_t pid;
    int in;      /* it ends when this is closed */
    FILE *out;
};

static int listening(const char *host, unsigned *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t len = sizeof address;
    assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

/* Execute this program with three sockets as systemd would pass them. `wrong`: for another process. */
static struct helper helper_start(const char *listen, const int sockets[3], bool wrong)
{
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    struct helper helper = { .pid = fork(), .in = in[1], .out = fdopen(out[0], "r") };
    assert_true(helper.pid >= 0 && helper.out);
    if (helper.pid == 0) {
        char pid[24];
        int high[5] = { in[0], out[1], sockets[0], sockets[1], sockets[2] };
        for (int i = 0; i < 5; i++) high[i] = fcntl(high[i], F_DUPFD_CLOEXEC, 100);
        (void)dup2(high[0], STDIN_FILENO);
        (void)dup2(high[1], STDOUT_FILENO);
        for (int i = 0; i < 3; i++) (void)dup2(high[2 + i], 3 + i);
        (void)snprintf(pid, sizeof pid, "%ld", (long)getpid() + (wrong ? 1 : 0));
        (void)setenv("LISTEN_PID", pid, 1);
        (void)setenv("LISTEN_FDS", "3", 1);
        (void)setenv("LISTEN_FDNAMES", "public:inner:public", 1);
        (void)execl("/proc/self/exe", "test_http_listeners", "--activated", listen, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    return helper;
}

static void helper_line(struct helper *helper, char *line, size_t cap)
{
    assert_non_null(fgets(line, (int)cap, helper->out));
    line[strcspn(line, "\n")] = '\0';
}

static void helper_end(struct helper *helper)
{
    int status;
    char line[256];
    helper_line(helper, line, sizeof line);
    assert_string_equal(line, "3 pid"); /* the variables are as they were */
    close(helper->in);
    assert_int_equal(waitpid(helper->pid, &status, 0), helper->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    (void)fclose(helper->out);
}

static void sockets_that_systemd_passed_are_served(void **state)
{
    static const struct {
        const char *listen;
        int want[3]; /* which of the sockets, in order; -1: no more */
    } cases[] = {
        { "systemd:", { 0, 1, 2 } },
        { "systemd:public", { 0, 2, -1 } },
        { "systemd:inner", { 1, -1, -1 } },
    };
    unsigned ports[3];
    int sockets[3];
    (void)state;
    for (int i = 0; i < 3; i++) sockets[i] = listening("127.0.0.1", &ports[i]);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char line[256], want[64];
        struct helper helper = helper_start(cases[i].listen, sockets, false);
        for (int j = 0; j < 3 && cases[i].want[j] >= 0; j++) {
            helper_line(&helper, line, sizeof line);
            (void)snprintf(want, sizeof want, "http://127.0.0.1:%u/metrics", ports[cases[i].want[j]]);
            assert_string_equal(line, want);
            assert_int_equal(status_of(line, "/metrics", ""), 200);
            assert_int_equal(status_for(line, "/metrics", "evil.example"), 403);
        }
        helper_end(&helper);
    }
    for (int i = 0; i < 3; i++) close(sockets[i]);
}

static void sockets_of_one_listener_know_their_own_addresses(void **state)
{
    static const char *const hosts[3] = { "127.0.0.2", "0.0.0.0", "127.0.0.3" };
    char urls[3][256];
    unsigned ports[3];
    int sockets[3];
    (void)state;
    for (int i = 0; i < 3; i++) sockets[i] = listening(hosts[i], &ports[i]);
    struct helper helper = helper_start("systemd:", sockets, false);
    for (int i = 0; i < 3; i++) helper_line(&helper, urls[i], sizeof urls[i]);
    for (int i = 0; i < 3; i++) {
        bool loopback = i != 1; /* elsewhere anybody may ask by any name */
        assert_int_equal(status_for(urls[i], "/metrics", hosts[i]), 200);
        assert_int_equal(status_for(urls[i], "/metrics", "evil.example"), loopback ? 403 : 200);
        assert_int_equal(status_for(urls[i], "/metrics", i == 0 ? hosts[2] : hosts[0]), loopback ? 403 : 200);
    }
    helper_end(&helper);
    for (int i = 0; i < 3; i++) close(sockets[i]);
}

static void sockets_of_somebody_else_or_of_no_name_are_an_error_in_words(void **state)
{
    static const struct {
        const char *listen, *words;
        bool wrong;
    } cases[] = {
        { "systemd:", "no socket to this process", true },
        { "systemd:nobody", "no socket of this name", false },
        { "systemd:publi", "no socket of this name", false },
    };
    unsigned ports[3];
    int sockets[3];
    (void)state;
    for (int i = 0; i < 3; i++) sockets[i] = listening("127.0.0.1", &ports[i]);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char line[256];
        struct helper helper = helper_start(cases[i].listen, sockets, cases[i].wrong);
        helper_line(&helper, line, sizeof line);
        assert_non_null(strstr(line, cases[i].words));
        helper_end(&helper);
    }
    for (int i = 0; i < 3; i++) close(sockets[i]);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--activated") == 0) return activated(argv[2]);
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        RIG(each_listener_has_its_own_path_and_token),
        RIG(a_route_is_on_every_listener_and_takes_no_path_of_any),
        RIG(when_one_address_cannot_be_had_nothing_is_served),
        RIG(clients_of_all_listeners_share_the_places_fairly),
        RIG(a_view_shows_the_families_it_names_and_a_query_only_some_of_those),
        RIG(on_loopback_a_strangers_host_is_refused),
        RIG(elsewhere_hosts_are_checked_if_there_is_a_list),
        RIG(the_listeners_own_loopback_address_is_a_host),
        RIG(an_ipv4_loopback_address_in_ipv6_clothes_is_loopback),
        RIG(a_socket_file_gets_the_mode_that_is_asked_for),
        RIG(sockets_that_systemd_passed_are_served),
        RIG(sockets_of_one_listener_know_their_own_addresses),
        RIG(sockets_of_somebody_else_or_of_no_name_are_an_error_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
