#!/usr/bin/env python3
"""The announces of a plausible swarm, as commands for Redis.

    seed_redis.py [PREFIX [TORRENTS]] | redis-cli --pipe

PREFIX is that of every key, default `ot:`; TORRENTS default 150. The swarm is the same each time, its times are
relative to now. Besides the announces that count there is what a walk has to pass by: peers that have been silent for
too long, values that are no JSON, an address that seeds one torrent and leeches another, keys that only look alike, and
a key of the pattern that is no hash. Only the standard library is used.
"""

import hashlib
import json
import sys
import time

PEERS = 12  # of a torrent, on average
PEOPLE = 900  # who take part in all of them
HOUR_MS = 3600 * 1000


def pick(about, number, below):
    digest = hashlib.sha256(f"{about}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def send(*words):
    out = [b"*%d\r\n" % len(words)]
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        out.append(b"$%d\r\n%s\r\n" % (len(word), word))
    sys.stdout.buffer.write(b"".join(out))


def info_hash(number):
    return hashlib.sha1(f"torrent-{number}".encode()).hexdigest()


def address(peer):
    return f"2001:db8::{peer:x}" if peer % 7 == 0 else f"203.0.{113 + peer // 250}.{1 + peer % 250}"


def announce(peer, is_seeder, updated_ms):
    return json.dumps({"peerId": f"-TA0001-{peer:012d}", "userId": f"user-{peer}", "ip": address(peer), "ipHash": "00",
                       "port": 6881 + peer % 9, "uploaded": peer * 1000, "downloaded": 0,
                       "left": 0 if is_seeder else 12345, "isSeeder": is_seeder, "updatedAt": updated_ms})


def torrent(key, number, now_ms):
    for i in range(pick("peers", number, 2 * PEERS)):
        peer = pick(f"who {number}", i, PEOPLE)
        is_seeder = pick(f"seeds {number}", peer, 5) > 1
        # One in eight was heard last between one hour and two ago.
        age_ms = HOUR_MS + 1000 + pick("old", i, HOUR_MS) if i % 8 == 7 else pick("age", i, HOUR_MS - 600_000)
        send("HSET", key, f"-TA0001-{peer:012d}", announce(peer, is_seeder, now_ms - age_ms))
    send("EXPIRE", key, 86400)


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else "ot:"
    torrents = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    now_ms = int(time.time() * 1000)
    for number in range(torrents):
        torrent(f"{prefix}peers:{info_hash(number)}", number, now_ms)
    mixed = [f"{prefix}peers:{info_hash(-1)}", f"{prefix}peers:{info_hash(-2)}"]
    send("HSET", mixed[0], "both", announce(5000, True, now_ms))
    send("HSET", mixed[1], "both", announce(5000, False, now_ms))
    send("HSET", mixed[0], "no json", "peer", "cut", announce(5001, True, now_ms)[:-7], "empty", "", "null", "null",
         "list", "[1, 2]", "no port", '{"ip":"203.0.113.1","isSeeder":true,"updatedAt":%d}' % now_ms)
    send("SET", f"{prefix}remote_peers:{info_hash(0)}", json.dumps([announce(6000, True, now_ms)]))
    send("HSET", f"other:{prefix}peers:{info_hash(0)}", "x", announce(6001, True, now_ms))
    send("SET", f"{prefix}peers:{info_hash(-3)}", announce(6002, True, now_ms))
    send("SET", f"{prefix}stats", "1")


main()
