"""The file of a backup: the copy of the store, the files people handed in, and a sum of each.

A plain tar, so that it can be opened with what every machine has: `store`, `files/...`, `SUMS`.
"""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from clubcrm.core.errors import DomainError

STORE, FILES, SUMS = "store", "files", "SUMS"
# Folders of the data folder that hold nothing that lasts; every other one is part of a backup.
PASSING = frozenset({"backups", "exports", "imports", "mail", "terminals", "demo"})
PIECE = 1024 * 1024


def pack(store: Path, data: Path, to: Path) -> int:
    """The archive holds the copy of the store and every kept file; returns how many of these.

    A file that vanishes meanwhile was taken away by somebody: it is left out.
    """
    sums: list[str] = []
    # A file under two names is kept twice: links would have to be unpacked in order.
    with tarfile.open(to, "w", format=tarfile.PAX_FORMAT, dereference=True) as archive:
        _put(archive, store, STORE, sums)
        for path in kept_files(data):
            # A folder of backups inside the data folder would swallow itself.
            if data in to.parent.parents and to.parent in path.parents:
                continue
            _put(archive, path, f"{FILES}/{path.relative_to(data).as_posix()}", sums)
        content = "".join(sums).encode()
        head = tarfile.TarInfo(SUMS)
        head.size = len(content)
        archive.addfile(head, io.BytesIO(content))
    return len(sums) - 1


def kept_files(data: Path) -> Iterator[Path]:
    """Every file below the folders that last, in order of names."""
    for folder in sorted(data.iterdir() if data.is_dir() else ()):
        if folder.is_dir() and not folder.is_symlink() and folder.name not in PASSING:
            yield from sorted(one for one in folder.rglob("*") if one.is_file())


def is_archive(path: Path) -> bool:
    """Tell whether a file is such an archive and not a bare copy of a store."""
    try:
        return tarfile.is_tarfile(path)
    except OSError:
        return False


def unpack_store(source: Path, to: Path) -> None:
    """The copy of the store stands at the path, and every sum of the archive is right.

    Raises BACKUP_BROKEN.
    """
    found: dict[str, str] = {}
    told: dict[str, str] = {}
    try:
        with tarfile.open(source, "r") as archive:
            for head in archive:
                content = _content(archive, head, source)
                if head.name == SUMS:
                    told = _sums(content)
                elif head.name == STORE:
                    with to.open("wb") as file:
                        found[head.name] = copy_summed(content, file)
                else:
                    found[head.name] = copy_summed(content, None)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise _broken(source, "it is cut off or damaged") from error
    if STORE not in told:
        raise _broken(source, "its end is missing")
    if wrong := sorted(
        name for name in told.keys() | found.keys() if told.get(name) != found.get(name)
    ):
        raise _broken(source, f"{wrong[0]} is damaged")


def unpack_files(source: Path, data: Path) -> int:
    """Every kept file of a checked archive lies in the data folder; returns how many.

    Files of later days stay: nothing that somebody handed in is thrown away by a restore.
    """
    count = 0
    with tarfile.open(source, "r") as archive:
        for head in archive:
            place = PurePosixPath(head.name)
            if place.parts[:1] != (FILES,):
                continue
            target = data.joinpath(*place.parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f"{target.name}.restored")
            with fresh.open("wb") as file:
                shutil.copyfileobj(_content(archive, head, source), file, PIECE)
            os.replace(fresh, target)
            count += 1
    return count


def _put(archive: tarfile.TarFile, path: Path, name: str, sums: list[str]) -> None:
    try:
        with path.open("rb") as file:
            head = archive.gettarinfo(arcname=name, fileobj=file)
            whole = hashlib.sha256()
            archive.addfile(head, _Summed(file, whole))
    except FileNotFoundError:
        return
    sums.append(f"{whole.hexdigest()}  {name}\n")


class _Summed:
    """A file that is summed while it is read."""

    def __init__(self, file: IO[bytes], whole: "hashlib._Hash") -> None:
        self._file, self._whole = file, whole

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._file.read(size)
        self._whole.update(piece)
        return piece


def _content(archive: tarfile.TarFile, head: tarfile.TarInfo, source: Path) -> IO[bytes]:
    parts = PurePosixPath(head.name).parts
    content = archive.extractfile(head) if head.isreg() else None
    if content is None or head.name.startswith("/") or ".." in parts:
        raise _broken(source, "it holds what no backup holds")
    return content


def copy_summed(content: IO[bytes], to: IO[bytes] | None) -> str:
    """The content stands in the other file, if there is one; returns its sum, read on the way."""
    whole = hashlib.sha256()
    while piece := content.read(PIECE):
        whole.update(piece)
        if to is not None:
            to.write(piece)
    return whole.hexdigest()


def _sums(content: IO[bytes]) -> dict[str, str]:
    lines = [line.split("  ", 1) for line in content.read().decode().splitlines()]
    return {name: told for told, name in lines}


def _broken(path: Path, why: str) -> DomainError:
    return DomainError("BACKUP_BROKEN", f"{path}: {why}.")
