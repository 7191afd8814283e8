"""Load over HTTP from one process: keep-alive connections that send the next request on answer."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

MakeRequest = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Load:
    """What one load run measured: answers per second, and waiting times in milliseconds."""

    rate: float
    p50_ms: float
    p99_ms: float
    refused: int

    @staticmethod
    def of(waits: list[float], seconds: float, refused: int) -> "Load":
        """Return the figures of a run from the single waiting times in seconds."""
        ordered = sorted(waits)
        return Load(
            rate=len(waits) / seconds,
            p50_ms=1000 * ordered[len(ordered) // 2],
            p99_ms=1000 * ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
            refused=refused,
        )


def post_json(path: str, body: bytes, *headers: str) -> bytes:
    """Return the bytes of one POST request with a JSON body."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def get(path: str, *headers: str) -> bytes:
    """Return the bytes of one GET request."""
    return (
        "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers]) + "\r\n\r\n"
    ).encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n")[1:]:
        if line.lower().startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
    return status


async def _client(port: int, numbers: Iterator[int], make: MakeRequest, seen: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    refused = 0
    for number in numbers:
        started = time.perf_counter()
        writer.write(make(number))
        try:
            status = await _answer(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            refused += 1
            continue
        seen.append(time.perf_counter() - started)
        refused += status >= 400
    writer.close()
    return refused


async def _drive(port: int, make: MakeRequest, numbers: range, connections: int) -> Load:
    shared = iter(numbers)
    seen: list[float] = []
    started = time.perf_counter()
    refused = await asyncio.gather(*(_client(port, shared, make, seen) for _ in range(connections)))
    return Load.of(seen, time.perf_counter() - started, sum(refused))


def drive(port: int, make: MakeRequest, numbers: range, connections: int) -> Load:
    """Send one request per number over so many connections; returns rate and waiting times."""
    return asyncio.run(_drive(port, make, numbers, connections))


def middle(loads: list[Load]) -> Load:
    """Return the medians of several runs, figure by figure."""
    return Load(
        rate=median(load.rate for load in loads),
        p50_ms=median(load.p50_ms for load in loads),
        p99_ms=median(load.p99_ms for load in loads),
        refused=sum(load.refused for load in loads),
    )
