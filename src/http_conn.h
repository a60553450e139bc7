/*
 * http_conn.h - one HTTP connection as a state machine: bytes of requests in, bytes of responses out.
 *
 * It knows no socket and no clock. Its owner moves the bytes and watches what the connection waits for:
 *
 *   for (;;) {
 *       size_t len;
 *       const char *out = tacho__http_conn_output(conn, &len);
 *       if (len > 0) tacho__http_conn_sent(conn, whatever was taken of `out`);
 *       else tacho__http_conn_received(conn, what was put into tacho__http_conn_space(conn, &len));
 *   }
 */
#ifndef TACHO_HTTP_CONN_H
#define TACHO_HTTP_CONN_H

#include "http_msg.h"
#include "http_site.h"

#define TACHO__HTTP_OUT_BYTES 16384 /* more than TACHO__HTTP_BODY_MAX */

/** What a connection waits for. */
typedef enum tacho__http_wait {
    TACHO__HTTP_FOR_REQUEST, /* the rest of a request, or the first one on a new connection */
    TACHO__HTTP_FOR_NEXT,    /* kept alive: of the next request not a byte is here */
    TACHO__HTTP_FOR_RESULTS, /* collectors that are out; nothing is read meanwhile */
    TACHO__HTTP_FOR_READER,  /* the peer to take what tacho__http_conn_output holds */
    TACHO__HTTP_FOR_END,     /* all was said, the peer to end its side too; what it sends is dropped */
    TACHO__HTTP_FOR_NOTHING  /* to be closed, by a reset if it is `broken` */
} tacho__http_wait;

typedef struct tacho__http_conn {
    tacho__http_site *site;
    tacho__http_door *door;
    const char *loopback; /* as for tacho__http_door_knows */
    tacho__http_wait wait;
    uint32_t stretch; /* grows with each new reason to wait, each buffer of an answer included: restart the clock */
    uint32_t answers; /* grows when the first bytes of an answer are there: start the clock of the whole of it */
    bool last;        /* set by the owner: whatever is answered next ends the connection */
    tacho_err broken; /* not 0: why an answer was broken off, which its reader has to notice */
    /* The rest is private to http_conn.c and http_answer.c. */
    bool answering, closing, chunked, peer_ended, greeted;
    int status;           /* of the answer, */
    uint64_t began_ns;    /* whose request was complete then, */
    uint32_t requests;    /* the so manieth of the connection */
    struct tacho__http_entry *collecting; /* the route whose body is being collected in `out`, */
    size_t collected;     /* so many bytes so far, */
    size_t leave;         /* after so many bytes of an interim response that asks for it */
    bool begun; /* some of the answer may be with the peer already */
    bool gathering;       /* the answer begins when the scrape is ready */
    tacho_offer offer;    /* in this format, */
    bool negotiated;      /* which was negotiated */
    tacho__http_request request;
    tacho_scrape *scrape; /* the body is read from here, or else */
    char *body;           /* is what remains of this, on the heap, or of this constant: */
    const char *constant;
    size_t body_len, body_at;
    size_t in_len, out_at, out_len, dropped;
    char in[TACHO__HTTP_HEAD_MAX];
    char out[TACHO__HTTP_OUT_BYTES];
} tacho__http_conn;

/** Begin a connection to a site through one of its doors, in memory of any content. `loopback`: as for tacho__http_door_knows.
 *  Owes one tacho__http_conn_close. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_conn_open(tacho__http_conn *conn, tacho__http_site *site, tacho__http_door *door,
                                          const char *loopback);

/** End it wherever it stands; frees a scrape, wipes what was received. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_conn_close(tacho__http_conn *conn);

/** Where to put bytes from the peer, at most `len`; 0 while an answer waits for its reader. [owner | O(1) | 0.1] */
TACHO_INTERNAL char *tacho__http_conn_space(tacho__http_conn *conn, size_t *len);

/** So many bytes came; 0: the peer ended its side. May run collectors and routes. [owner | one request | 0.1] */
TACHO_INTERNAL void tacho__http_conn_received(tacho__http_conn *conn, size_t len);

/** What to send now. [owner | O(1) | 0.1] */
TACHO_INTERNAL const char *tacho__http_conn_output(const tacho__http_conn *conn, size_t *len);

/** So many bytes of that were taken. May answer the next request. [owner | one request | 0.1] */
TACHO_INTERNAL void tacho__http_conn_sent(tacho__http_conn *conn, size_t len);

/** Go on if the results are there now; `wait`: wait for them. [owner | one request | 0.1] */
TACHO_INTERNAL void tacho__http_conn_look(tacho__http_conn *conn, bool wait);

/** When to look again at the latest, on the monotonic clock, of one that waits for results. [owner | O(collectors) | 0.1] */
TACHO_INTERNAL uint64_t tacho__http_conn_until(const tacho__http_conn *conn);

/** The owner's patience with the present wait is over: 408 if part of a request is here. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_conn_expire(tacho__http_conn *conn);

#endif
