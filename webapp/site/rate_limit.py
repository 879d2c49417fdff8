"""Limits by network that keep no address (docs/security-parameters.md#SP-4.4).

A network (/24 of IPv4, /48 of IPv6) is counted under a hash whose key is new each day and lies in
memory alone: in that of the web server's processes, or in the store that several machines share
(`WAYSIDE_LIMITS_URL`). Both forget at a restart. No report is refused for it: what too many from
one network send goes below the rest, so that one network cannot use up what all share. Opening a
mailbox and signing in cost a slow key; when too many from one network ask, they hear that too many
people are here.

A proxy may tell the network itself in place of an address, as `203.0.113.0` or `2a02:2f0e:1::`
(docs/deploy/nginx.conf); in production the log says when it tells of none.

Who comes from this machine or from a private network is not counted: that is Tor's door, or a proxy
that nobody told us about (`WAYSIDE_PROXY_HOPS`), and stands for everybody.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime
from ipaddress import ip_address, ip_network
from typing import Final

from flask import request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from reports.errors import Busy
from reports.eviction import NETWORKS
from webapp.site import failure_log
from webapp.site.app_services import get_services
from webapp.site.clock import now
from webapp.site.shared_counts import SharedCounts

REPORTS: Final = RateLimitItemPerHour(10, namespace="reports")
"""A sixth of what all together may send in an hour before the rest is in doubt
(`spam_check.AN_HOUR`). No source gives a figure; a reception centre is one network, and sends less
than that."""
KEYS: Final = RateLimitItemPerMinute(30, namespace="keys")
"""Slow keys: at half a second each (staff) a quarter of one core's minute."""
PREFIX: Final = {4: 24, 6: 48}
"""Bits of an address that make a network, by version (docs/security-parameters.md#SP-4.4)."""
NAMELESS: Final = 10
"""Requests from nowhere after which the log says that no limit looks at who asks."""
ANSWER_SECONDS: Final = 0.25
"""How long the shared store may take before this process counts alone."""
KEY_SECONDS: Final = 2 * 24 * 60 * 60


class LocalLimiter:
    """Counts in the memory of this process and of those that are forked from it."""

    def __init__(self, today: date) -> None:
        self._counts = SharedCounts(today)
        self._nameless: int | None = 0

    def watch_proxy(self, network: str | None) -> None:
        """Look whether the proxy in front tells of networks: one line in the log when it told of
        none in the first `NAMELESS` requests that are counted. Each process looks for itself."""
        if self._nameless is None:
            return
        self._nameless = None if network else self._nameless + 1
        if self._nameless == NAMELESS:
            self._nameless = None
            failure_log.log_no_network()

    def hit(self, limit: RateLimitItem, network: str, moment: datetime) -> bool:
        """Count one; False when it is over the limit."""
        name = f"{limit.namespace} {network}"
        return self._counts.count(name, limit.get_expiry(), moment) <= limit.amount

    def hash_network(self, network: str, day: date) -> bytes:
        """What stands for a network on one day, as long as these processes run."""
        return self._counts.hash_name(network, day)


class SharedLimiter:
    """Counts in one Valkey or Redis for all processes and machines; so does the key of the day."""

    def __init__(self, url: str) -> None:
        # Valkey speaks Redis's language; the library knows the older name alone.
        url = url.replace("valkey", "redis", 1)
        waits = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
        self._store = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **waits)
        pool = self._store.connection_pool
        storage = RedisStorage(url, connection_pool=pool, wrap_exceptions=True)
        self._limiter = FixedWindowRateLimiter(storage)

    def hit(self, limit: RateLimitItem, network: str, day: date) -> bool:
        """Count one; False when it is over. Raises `StorageError` or `RedisError`."""
        return self._limiter.hit(limit, hash_network(network, self._key_of(day)))

    def hash_network(self, network: str, day: date) -> bytes:
        """What stands for a network on one day. Raises `RedisError`."""
        return bytes.fromhex(hash_network(f"tag {network}", self._key_of(day)))

    def _key_of(self, day: date) -> bytes:
        name = f"wayside:day:{day.isoformat()}"
        with self._store.pipeline(transaction=False) as asked:
            asked.set(name, secrets.token_bytes(32), nx=True, ex=KEY_SECONDS)
            asked.get(name)
            return bytes(asked.execute()[1] or b"")


def hash_network(network: str, key: bytes) -> str:
    """What stands for a network in a store."""
    return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()[:32]


def find_network(address: str | None) -> str | None:
    """The network of a sender; None where the address stands for everybody, or is none."""
    try:
        found = ip_address(_without_port(address or "").partition("%")[0])
    except ValueError:
        return None
    # A proxy that listens for both versions on one socket tells of every IPv4 address so.
    found = getattr(found, "ipv4_mapped", None) or found
    if not found.is_global:
        return None
    return str(ip_network((found, PREFIX[found.version]), strict=False))


def _without_port(address: str) -> str:
    """Some proxies tell the port as well: `192.0.2.7:4711`, `[2001:db8::7]:4711`."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def count_report() -> bool:
    """Whether the sender's network has sent too many reports by now. Counts this one."""
    return _over(REPORTS)


def check_keys() -> None:
    """Count one slow key for the sender's network. Raises `Busy` when it asks for too many."""
    if _over(KEYS):
        raise Busy("too many slow keys for one network")


def find_network_tag() -> int | None:
    """What stands for the sender's network beside a draft or file that was not sent; None for
    everybody who cannot be told apart.

    Keyed as the counts are, and rounded to one of `NETWORKS`: with the key, which is never written
    down, a tag still stands for thousands of networks (docs/security-parameters.md#SP-4.23).
    """
    network = find_network(request.remote_addr)
    if network is None:
        return None
    services, today = get_services(), now().date()
    digest = services.limiter.hash_network(network, today)
    if services.shared_limiter:
        try:
            digest = services.shared_limiter.hash_network(network, today)
        except (StorageError, RedisError) as problem:
            failure_log.log_failure(problem)
    return int.from_bytes(digest[:8], "big") % NETWORKS


def _over(limit: RateLimitItem) -> bool:
    network, services = find_network(request.remote_addr), get_services()
    if services.config.domain.production and services.config.proxy_hops:
        services.limiter.watch_proxy(network)
    if network is None:
        return False
    if services.shared_limiter:
        try:
            return not services.shared_limiter.hit(limit, network, now().date())
        except (StorageError, RedisError) as problem:
            failure_log.log_failure(problem)
    return not services.limiter.hit(limit, network, now())
