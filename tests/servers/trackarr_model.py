"""What the trackarr exporter has to show, worked out once more from the rows of PostgreSQL and the keys of Redis.

The tables are read whole and counted here, so that no query is shared with the exporter. Only the standard library is
used, and the client psql.
"""

import datetime
import json
import os
import socket
import subprocess
import time
import urllib.parse

TABLES = """users torrents torrent_moderation_messages forum_topics forum_posts torrent_comments roles user_roles
webauthn_credentials recovery_codes trusted_devices settings invitations bonus_events reports hnr_tracking banned_ips
anticheat_flags torrent_favorites user_follows upload_requests upload_request_fill_attempts upload_request_comments
user_notification_routing shop_items shop_purchases freeleech_pool_config freeleech_pool_cycles
freeleech_pool_contributions""".split()
CHANNELS = "email telegram discord slack mattermost ntfy gotify pushover webhook apprise web_push".split()
WINDOW_MS = 3600 * 1000


# ---- The servers ----------------------------------------------------------------------------------------------------


def database():
    """libpq's variables for DATABASE_URL, so that no password is on a command line."""
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return {**os.environ, "PGHOST": url.hostname, "PGPORT": str(url.port), "PGUSER": url.username,
            "PGPASSWORD": urllib.parse.unquote(url.password), "PGDATABASE": url.path[1:], "PGTZ": "UTC"}


def sql(text):
    """The rows of a statement, or of the last of several, one string each."""
    result = subprocess.run(["psql", "-X", "-w", "-q", "-At", "-v", "ON_ERROR_STOP=1"], input=text, env=database(),
                            text=True, capture_output=True, timeout=60, check=True)
    return result.stdout.splitlines()


def tables():
    """{table: [row]} and the time, all of one moment."""
    parts = [f"SELECT json_build_object('table', '{name}', 'row', t) FROM {name} t" for name in TABLES]
    lines = sql("BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT json_build_object('now', now()::timestamp);\n"
                + ";\n".join(parts) + ";\nCOMMIT;")
    rows = {name: [] for name in TABLES}
    now = json.loads(lines[0])["now"]
    for line in lines[1:]:
        part = json.loads(line)
        rows[part["table"]].append(part["row"])
    return rows, now


class Redis:
    """As much of a client as a test needs."""

    def __init__(self, url):
        url = urllib.parse.urlsplit(url)
        self.file = socket.create_connection((url.hostname, url.port), timeout=20).makefile("rwb")
        self.ask("AUTH", urllib.parse.unquote(url.password))

    def ask(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.file.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        self.file.flush()
        return self.reply()

    def reply(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2] if int(rest) >= 0 else None
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest


# ---- The families ---------------------------------------------------------------------------------------------------


def count(rows, holds=lambda row: True):
    return sum(1 for row in rows if holds(row))


def spread(family, label, values, rows, kind):
    kinds = [kind(row) for row in rows]
    return {(family, label, value): kinds.count(value) for value in values}


def accounts(t, now):
    users = t["users"]
    staff = {user["id"] for user in users if user["is_admin"] or user["is_moderator"]}
    everybody = {user["id"] for user in users}
    banned = [user for user in users if user["is_banned"]]
    timed = [user for user in banned if user["banned_until"]]

    def author(message):
        if message["is_system"]:
            return "system"
        if message["author_id"] in staff:
            return "staff"
        return "user" if message["author_id"] in everybody else None

    return {
        "users_total": len(users), "users_banned_total": len(banned), "users_banned_expiring_total": len(timed),
        "users_banned_expired_pending_total": count(timed, lambda user: user["banned_until"] <= now),
        "users_totp_enabled_total": count(users, lambda user: user["totp_enabled"]),
        **spread("users_by_role", "role", ["admin", "moderator", "member"], users,
                 lambda user: "admin" if user["is_admin"] else "moderator" if user["is_moderator"] else "member"),
        **spread("torrent_moderation_messages_total", "kind", ["system", "staff", "user"],
                 t["torrent_moderation_messages"], author),
        **spread("roles_total", "assignment_mode", ["manual", "auto"], t["roles"], lambda role: role["assignment_mode"]),
        "user_role_assignments_total": len(t["user_roles"]),
        "passkeys_total": len(t["webauthn_credentials"]),
        "users_with_passkey_total": len({key["user_id"] for key in t["webauthn_credentials"]}),
        "recovery_codes_unused_total": count(t["recovery_codes"], lambda code: code["used_at"] is None),
        "trusted_devices_active_total": count(t["trusted_devices"], lambda device: device["expires_at"] > now),
        "user_follows_total": len(t["user_follows"]),
    }


def settings(t, now):
    values = {row["key"]: row["value"] for row in t["settings"]}
    scope = values.get("require_2fa_scope")
    scope = scope if scope in ("staff", "all") else "off"
    mode = "invite_only" if values.get("invite_enabled") == "true" else "closed"
    mode = "open" if values.get("registration_open") == "true" else mode

    def state(invitation):
        if invitation["used_by"] is not None:
            return "used"
        return "expired" if invitation["expires_at"] and invitation["expires_at"] <= now else "pending"

    states = spread("invitations_by_status", "status", ["pending", "used", "expired"], t["invitations"], state)
    return {
        **{("require_2fa_scope", "scope", value): int(value == scope) for value in ("off", "staff", "all")},
        **{("registration_state", "mode", value): int(value == mode) for value in ("open", "invite_only", "closed")},
        **states, "invitations_pending_total": states["invitations_by_status", "status", "pending"],
    }


def bonus(t, now):
    events = t["bonus_events"]

    def state(event):
        if not event["enabled"]:
            return "disabled"
        if event["ends_at"] <= now:
            return "ended"
        return "scheduled" if event["starts_at"] > now else "active"

    on = sorted((event for event in events if state(event) == "active"), key=lambda event: event["created_at"])
    last = on[-1] if on else {"download_multiplier": 100, "upload_multiplier": 100, "ends_at": "1970-01-01T00:00:00"}
    ends = datetime.datetime.fromisoformat(last["ends_at"].split(".")[0]).replace(tzinfo=datetime.timezone.utc)
    return {
        **spread("bonus_events_by_status", "status", ["active", "scheduled", "ended", "disabled"], events, state),
        "bonus_event_active": int(bool(on)),
        "bonus_active_download_multiplier": last["download_multiplier"] / 100,
        "bonus_active_upload_multiplier": last["upload_multiplier"] / 100,
        "bonus_event_active_ends_at_seconds": int(ends.timestamp()),
    }


def pool(t):
    states = ["filling", "full_queued", "active"]
    cycles = sorted((c for c in t["freeleech_pool_cycles"] if c["status"] in states), key=lambda c: c["created_at"])
    cycle = cycles[-1] if cycles else {"id": None, "status": None, "total_contributed": 0, "target_snapshot": 0}
    points, target = cycle["total_contributed"], cycle["target_snapshot"]
    return {
        "freeleech_pool_enabled": count(t["freeleech_pool_config"], lambda row: row["id"] == 1 and row["enabled"]),
        "freeleech_pool_points_current": points, "freeleech_pool_points_target": target,
        "freeleech_pool_progress_ratio": max(0.0, min(1.0, points / target)) if target > 0 else 0,
        **{("freeleech_pool_state", "state", state): int(state == cycle["status"]) for state in states},
        "freeleech_pool_contributors_total": len({row["user_id"] for row in t["freeleech_pool_contributions"]
                                                  if row["cycle_id"] == cycle["id"]}),
        "freeleech_pool_cycles_completed_total": count(t["freeleech_pool_cycles"], lambda c: c["status"] == "ended"),
    }


def community(t):
    torrents, requests = t["torrents"], t["upload_requests"]
    channels = {channel: set() for channel in CHANNELS}
    for row in t["user_notification_routing"]:
        channel = "email" if row["channel_type"] == "smtp" else row["channel_type"]
        channels.get(channel, set()).add(row["user_id"])
    return {
        "torrents_total": len(torrents), "torrents_bytes_total": sum(torrent["size"] for torrent in torrents),
        **spread("torrents_by_status", "status", ["pending", "accepted", "changes_requested", "rejected"], torrents,
                 lambda torrent: torrent["moderation_status"]),
        "torrents_with_signature_total": count(torrents, lambda torrent: torrent["content_signature"] is not None),
        "forum_topics_total": len(t["forum_topics"]), "forum_posts_total": len(t["forum_posts"]),
        "torrent_comments_total": len(t["torrent_comments"]), "torrent_favorites_total": len(t["torrent_favorites"]),
        "reports_pending_total": count(t["reports"], lambda report: report["status"] == "pending"),
        "hnr_active_total": count(t["hnr_tracking"], lambda row: row["completed_at"] is None and not row["is_exempt"]),
        "banned_ips_total": len(t["banned_ips"]),
        **spread("anticheat_flags_by_kind", "kind", ["velocity", "no_leecher", "unknown_client"], t["anticheat_flags"],
                 lambda flag: flag["kind"]),
        "anticheat_flags_unreviewed_total": count(t["anticheat_flags"], lambda flag: flag["reviewed_at"] is None),
        **spread("upload_requests_by_status", "status", ["requested", "filled", "validated", "cancelled"], requests,
                 lambda request: request["status"]),
        "upload_requests_reward_held_total": sum(request["reward_points"] for request in requests
                                                 if request["status"] in ("requested", "filled")),
        **spread("upload_request_fill_attempts_by_status", "status", ["proposed", "rejected", "validated"],
                 t["upload_request_fill_attempts"], lambda attempt: attempt["status"]),
        "upload_request_comments_total": len(t["upload_request_comments"]),
        **{("notification_routing_subscribers", "channel", channel): len(users) for channel, users in channels.items()},
        **spread("shop_items_by_status", "status", ["enabled", "disabled"], t["shop_items"],
                 lambda item: "enabled" if item["enabled"] else "disabled"),
        "shop_purchases_total": len(t["shop_purchases"]),
    }


def swarm(redis, prefix):
    """Every peer, from KEYS instead of SCAN."""
    seeders, everybody = set(), set()
    oldest = time.time() * 1000 - WINDOW_MS
    for key in redis.ask("KEYS", "*"):
        if not key.startswith(prefix + b"peers:") or redis.ask("TYPE", key) != b"hash":
            continue
        for value in redis.ask("HVALS", key):
            try:
                peer = json.loads(value)
                pair = peer["ip"], peer["port"]
                if peer["updatedAt"] < oldest:
                    continue
            except (ValueError, TypeError, KeyError, RecursionError):
                continue
            everybody.add(pair)
            if peer["isSeeder"]:
                seeders.add(pair)
    return {"peers_total": len(everybody), "seeders_total": len(seeders), "leechers_total": len(everybody) - len(seeders)}


def expected(redis, prefix=b"ot:"):
    """{series: value}, less the two sizes, which move by themselves."""
    rows, now = tables()
    values = {**accounts(rows, now), **settings(rows, now), **bonus(rows, now), **pool(rows), **community(rows),
              **swarm(redis, prefix)}
    return {"trackarr_" + (key if isinstance(key, str) else '%s{%s="%s"}' % key): value for key, value in values.items()}
