"""What of the unsent goes first when its budget is used up: pure, and the same for everybody.

The network that holds the most gives way, until another holds more: so a flood evicts itself, and a
network that holds no more than its share of the budget loses nothing. In it files go before text,
the newest first and of those the largest, so that who wrote before the flood goes on. Who comes
from no network that can be told (`None`: Tor, a machine of ours) stands for many people, whom
nothing tells apart: there what was untouched the longest goes first, so that who is writing now
goes on.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

UNIT: Final = 16 * 1024
"""Bytes of one unit of the budget: what is held is counted in whole ones, so that its exact length
stands nowhere, and a thousand tiny drafts are not counted as nothing."""
UNITS_A_MEGABYTE: Final = 1024 * 1024 // UNIT
NETWORKS: Final = 4096
"""Tags that stand for networks: each for some four thousand of the networks of IPv4."""


@dataclass(frozen=True)
class Unsent:
    """One draft ("text") or one file of a form or visit, with what decides when it goes.

    `network` is a rounded tag, `begun_minute` the minute in which it was first kept, `until` when
    it ends if nobody touches it.
    """

    key: bytes
    kind: Literal["text", "file"]
    units: int
    network: int | None
    begun_minute: int
    until: datetime


def count_units(size: int) -> int:
    """Returns how many units of the budget so many bytes take, one at least."""
    return max(1, -(-size // UNIT))


def count_minutes(now: datetime) -> int:
    """Returns the minute of `now`, counted from 1970."""
    return int(now.timestamp()) // 60


def choose_evicted(held: Iterable[Unsent], most: int) -> list[Unsent]:
    """Returns what has to go, in this order, so that no more than `most` units are held."""
    groups: defaultdict[int | None, list[Unsent]] = defaultdict(list)
    for each in held:
        if each.units > 0:
            groups[each.network].append(each)
    weights = {network: sum(each.units for each in group) for network, group in groups.items()}
    for group in groups.values():
        group.sort(key=_rank)
    total = sum(weights.values())
    heaviest = [_place(network, weight) for network, weight in weights.items()]
    heapq.heapify(heaviest)
    evicted: list[Unsent] = []
    while total > most:
        network = heapq.heappop(heaviest)[2]
        gone = groups[network].pop()
        evicted.append(gone)
        total -= gone.units
        weights[network] -= gone.units
        if groups[network]:
            heapq.heappush(heaviest, _place(network, weights[network]))
    return evicted


def _place(network: int | None, weight: int) -> tuple[int, int, int | None]:
    # The second is there so that two that weigh the same are never compared by a `None`.
    return -weight, -1 if network is None else network, network


def _rank(each: Unsent) -> tuple[bool, float, int, bytes]:
    """The last of a group goes first."""
    age = -each.until.timestamp() if each.network is None else float(each.begun_minute)
    return each.kind == "file", age, each.units, each.key
