"""The doctor on the machine: versions, folders, disks, and who can reach the server."""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import Engine

from pilot.domain.errors import PilotError
from pilot.services import sealing
from pilot.services.doctor.finding import Check, Chosen, fail, good, warn
from pilot.store.files import LEAST_FREE
from pilot.store.mounts import network_kind

_PLENTY = 5 * 1024 * 1024 * 1024
_SHORTEST_TOKEN = 24


def checks(engine: Engine, chosen: Chosen) -> Iterator[Check]:
    """Everything that needs no answer from the database."""
    yield _versions()
    for title, folder in _folders(chosen).items():
        yield _folder(title, folder)
    yield from _disks(chosen)
    yield from _network_disk(engine)
    yield from _reach(chosen)
    yield from _keys(chosen)


def _versions() -> Check:
    product, streamlit = version("pilot-portfolio"), version("streamlit")
    found = f"产品 {product}，Python {platform.python_version()}，Streamlit {streamlit}"
    return good("版本", found)


def _folders(chosen: Chosen) -> dict[str, Path]:
    """Our folders by name; attachments in a bucket have none."""
    named = {
        "数据文件夹": chosen.data_dir,
        "附件文件夹": chosen.attachments,
        "备份文件夹": chosen.backups,
    }
    return {name: place for name, place in named.items() if isinstance(place, Path)}


def _folder(title: str, folder: Path) -> Check:
    if not folder.exists():
        return good(title, f"{folder} 还没有，用到时建立")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return fail(title, f"{folder} 不能读写", "请把它的所有者改为运行服务的账号。")
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        return warn(title, f"{folder} 别的系统账号也能进入", f"请运行 chmod 700 {folder}。")
    return good(title, f"{folder} 只有运行服务的账号能用")


def _disks(chosen: Chosen) -> Iterator[Check]:
    """Each disk once, by the first of our folders that lies on it."""
    seen: set[int] = set()
    for folder in _folders(chosen).values():
        there = _nearest(folder)
        if (disk := there.stat().st_dev) in seen:
            continue
        seen.add(disk)
        free = shutil.disk_usage(there).free
        found = f"{there} 所在磁盘剩余 {free / 1024**3:.1f} GB"
        if free < LEAST_FREE:
            yield fail("磁盘空间", found, "请立即清理磁盘：不足 500 MB 时附件和备份都会被拒绝。")
        elif free < _PLENTY:
            yield warn("磁盘空间", found, "请清理磁盘或扩容。")
        else:
            yield good("磁盘空间", found)
    if _nearest(chosen.backups).stat().st_dev == _nearest(chosen.data_dir).stat().st_dev:
        yield warn(
            "备份位置",
            "备份和数据在同一块磁盘上，磁盘损坏时会一起丢失",
            "请用 PILOT_BACKUP_DIR 换一块磁盘，或每天把备份复制到别处。",
        )
    else:
        yield good("备份位置", "备份和数据不在同一块磁盘上")


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


def _network_disk(engine: Engine) -> Iterator[Check]:
    if engine.dialect.name != "sqlite":
        return
    if kind := network_kind(_nearest(Path(engine.url.database))):
        yield fail(
            "数据库文件",
            f"SQLite 文件在网络磁盘（{kind}）上，并发写入会损坏数据",
            "请移到本机磁盘，或改用 PostgreSQL。",
        )
    else:
        yield good("数据库文件", "SQLite 文件在本机磁盘上")


def _reach(chosen: Chosen) -> Iterator[Check]:
    names = sorted(name for name in chosen.hosts if not _is_loopback(name))
    if chosen.host in ("0.0.0.0", "::") and not chosen.allowed_hosts:
        yield fail(
            "访问主机名",
            "监听所有地址，却没有写明用户访问的主机名",
            "请设置 PILOT_ALLOWED_HOSTS，如 pilot.example.cn。",
        )
    elif names and not chosen.secure_cookie:
        yield warn(
            "访问主机名",
            f"可由 {'、'.join(names)} 访问，登录 Cookie 却不要求加密连接",
            "请放在 TLS 代理之后，并设置 PILOT_SECURE_COOKIE=true。",
        )
    else:
        yield good("访问主机名", "、".join(names) or "只有本机能访问")


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _keys(chosen: Chosen) -> Iterator[Check]:
    key = chosen.backup_key.get_secret_value()
    if not key:
        yield warn(
            "备份加密",
            "备份没有加密",
            "请运行 pilot backup --new-key，把公钥设为 PILOT_BACKUP_KEY，私钥离线保存。",
        )
    else:
        try:
            sealing.check_key(key)
        except PilotError as error:
            yield fail("备份加密", "密钥无效，备份做不成", error.message)
        else:
            yield good("备份加密", "备份会加密")
    token = chosen.metrics_token.get_secret_value()
    if 0 < len(token) < _SHORTEST_TOKEN:
        yield warn(
            "指标令牌",
            f"PILOT_METRICS_TOKEN 只有 {len(token)} 个字符，容易被猜出",
            f"请换成至少 {_SHORTEST_TOKEN} 个随机字符。",
        )
