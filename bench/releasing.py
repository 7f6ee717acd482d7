"""``python -m bench.releasing COUNT LATENCY_S``: a release API for many runners, that takes its time for each answer.

Prints its port, and serves until its input ends. Each runner N has ``/N/latest`` and ``/N/report``, both with an ETag.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from typing import Any

__all__ = ["ASSET", "report"]

ASSET = "runner-status-report-v1.json"


def report(number: int) -> dict[str, Any]:
    """The report of a runner, of the size that they have."""
    return {
        "version": 1,
        "runner_id": f"runner-{number}",
        "implementation_repo": f"runner-{number}",
        "lane_class": "required",
        "overall_status": "pass",
        "release_version": "v1.4.0",
        "commit_sha": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
        "generated_at": "2026-01-19T06:15:12Z",
        "fresh_until": "2026-01-22T06:15:12Z",
        "command_results": [
            {"command": f"check-{index}", "status": "pass", "exit_code": 0, "duration_ms": 412} for index in range(5)
        ],
        "artifact_refs": [],
    }


def _answers(count: int, port: int) -> dict[str, bytes]:
    answers = {}
    for number in range(count):
        data = json.dumps(report(number)).encode()
        asset = {
            "name": ASSET,
            "size": len(data),
            "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "browser_download_url": f"http://127.0.0.1:{port}/{number}/report",
        }
        release = {"tag_name": "v1.4.0", "published_at": "2026-01-19T06:20:00Z", "assets": [asset]}
        for path, body in ((f"/{number}/latest", json.dumps(release).encode()), (f"/{number}/report", data)):
            head = f'HTTP/1.1 200 OK\r\nETag: "{path}"\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n'
            answers[path] = head.encode() + body
    return answers


async def _serve(count: int, latency_s: float) -> None:
    answers: dict[str, bytes] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(latency_s)
        writer.write(answers[head.split(b" ", 2)[1].decode()])
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    answers.update(_answers(count, port))
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
