/*
 * seeds.c - what fuzzing begins with, as files in the form that fuzz_http.c reads: the hostile requests of the tests, and some
 * that get long answers.
 *
 *   seeds DIRECTORY     writes DIRECTORY/seed-0 and so on
 */
#include <stdio.h>
#include <string.h>

#include "support/hostile.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define END "Host: localhost\r\nAuthorization: Bearer s3cret\r\n\r\n"

static const char *const good[] = {
    "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=1.0.0;escaping=dots\r\n" END,
    "GET /metrics HTTP/1.1\r\nAccept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
    "encoding=delimited\r\n" END,
    "GET /metrics?name[]=fuzz_jobs*&name%5B%5D=fuzz_seconds HTTP/1.1\r\nX-Prometheus-Scrape-Timeout-Seconds: 1.5\r\n" END,
    "GET /metrics.json HTTP/1.1\r\n" END "HEAD /metrics.csv HTTP/1.1\r\n" END "GET / HTTP/1.1\r\nConnection: close\r\n" END,
    "GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n" END,
    "POST /post HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\nHost: localhost\r\n\r\nbody",
};

static int seed_write(const char *directory, size_t number, const char *bytes, size_t len)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/seed-%zu", directory, number);
    FILE *file = fopen(path, "w");
    if (!file) return 1;
    (void)fputc((int)(number % 256), file); /* how the rest is cut */
    (void)fwrite(bytes, 1, len, file);
    return fclose(file) != 0;
}

int main(int argc, char **argv)
{
    int failed = argc != 2;
    for (size_t i = 0; i < COUNT(hostiles) && !failed; i++) failed = seed_write(argv[1], i, hostiles[i].bytes, hostiles[i].len);
    for (size_t i = 0; i < COUNT(good) && !failed; i++)
        failed = seed_write(argv[1], COUNT(hostiles) + i, good[i], strlen(good[i]));
    return failed;
}
