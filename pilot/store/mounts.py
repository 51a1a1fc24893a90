"""Whether a folder lies on a network disk, where SQLite's locks can't be relied on."""

import os
from pathlib import Path

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "davfs"}
    | {"ceph", "lustre", "glusterfs", "beegfs", "gpfs", "vboxsf", "vmhgfs"}
    | {"fuse.ceph", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2"}
)
_MOUNTS = Path("/proc/mounts")


def network_kind(folder: Path, mounts: str | None = None) -> str | None:
    """The kind of network disk a folder lies on; None for a local one, or where it can't be told.

    `mounts` is the system's list of mounts, read from it unless given.
    """
    if mounts is None:
        if not _MOUNTS.exists():
            return "network" if str(folder).startswith("\\\\") else None
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    where, best = os.path.realpath(folder), ("", "")
    for line in mounts.splitlines():
        _, point, kind, *_ = (*line.split(), "", "", "")
        point = point.replace("\\040", " ")
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1] if best[1] in _NETWORK else None
