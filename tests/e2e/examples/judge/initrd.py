"""Unpacks an initrd as the kernel does, init/initramfs.c: archives one after the other, each plain or compressed, later
entries over earlier ones. What the kernel would leave out without a word is an error here, and so is a path through a
symlink, which no system of ours has.

GNU cpio lists each archive, too, and must find the same names.
"""

import compression.zstd
import stat
import subprocess
import zlib

from judge.tree import Node, Tree, parents

_KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "c",
    stat.S_IFBLK: "b",
    stat.S_IFIFO: "fifo",
}
_TRAILER = "TRAILER!!!"


class Entry:
    """One entry of a newc archive: an ASCII header, the name and the content, each padded to 4 bytes."""

    def __init__(self, data, position):
        if data[position : position + 6] != b"070701":
            raise ValueError(f"offset {position}: found {data[position : position + 6]!r}, expected a newc header")
        fields = [int(data[position + 6 + 8 * i :][:8], 16) for i in range(13)]
        self.inode, self.mode, self.uid, self.gid, self.links, self.time, size = fields[:7]
        self.file_system, self.device = tuple(fields[7:9]), tuple(fields[9:11])
        start = position + 110
        self.path = data[start : start + fields[11] - 1].decode()
        start = -(-(start + fields[11]) // 4) * 4
        self.content = data[start : start + size]
        self.end = -(-(start + size) // 4) * 4
        if self.end > len(data):
            raise ValueError(f"{self.path}: found the end of the archive inside of it")


def _decompress(data):
    """The content of the compressed stream that data begins with, and what follows it."""
    if data.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
    elif data.startswith(b"\x28\xb5\x2f\xfd"):
        stream = compression.zstd.ZstdDecompressor()
    else:
        raise ValueError(f"found {data[:6]!r}, expected a cpio archive, plain or compressed")
    content = stream.decompress(data)
    if not stream.eof:
        raise ValueError("found the end of the initrd inside a compressed archive")
    return content, stream.unused_data


def _check_with_cpio(archive, paths):
    listed = subprocess.run(["cpio", "--list", "--quiet"], input=archive, capture_output=True, check=True).stdout
    if listed.decode().splitlines() != paths:
        raise ValueError(f"GNU cpio lists other names than {paths}")


def _plain_archives(data):
    """The entries of each archive in uncompressed data that may have more than one."""
    position = 0
    while position < len(data):
        if data[position] == 0:
            position += 1
            continue
        if position % 4:
            raise ValueError(f"offset {position}: found an archive, expected it at a multiple of 4")
        start, entries = position, []
        while True:
            entry = Entry(data, position)
            position = entry.end
            if entry.path == _TRAILER:
                break
            entries.append(entry)
        _check_with_cpio(data[start:position], [entry.path for entry in entries])
        yield entries


def archives(data):
    """The entries of each archive of an initrd."""
    offset = 0
    while offset < len(data):
        if data[offset] == 0:
            offset += 1
        elif data[offset : offset + 6] == b"070701":
            start = offset
            while data[offset : offset + 6] == b"070701":
                entry = Entry(data, offset)
                offset = entry.end
                if entry.path == _TRAILER:
                    break
            yield from _plain_archives(data[start:offset])
        else:
            if offset % 4:
                raise ValueError(f"offset {offset}: found a compressed archive, expected it at a multiple of 4")
            content, rest = _decompress(data[offset:])
            offset = len(data) - len(rest)
            yield from _plain_archives(content)


class _Unpacking:
    """A tree whose files may share their content, as hard links do."""

    def __init__(self):
        self.tree = Tree({".": Node("directory", 0o755)})
        self.inodes = {}  # path to a list with the one node of all its names

    def archive(self, entries):
        linked = {}
        for entry in entries:
            self._entry(entry, linked)

    def _entry(self, entry, linked):
        path, kind = entry.path, _KINDS[stat.S_IFMT(entry.mode)]
        for parent in parents(path):
            if parent not in self.inodes or self.inodes[parent][0].kind != "directory":
                raise ValueError(f"{path}: found no directory {parent}, so the kernel drops it")
        old = self.inodes.get(path, [None])[0]
        if old and old.kind == "directory" != kind and any(other.startswith(path + "/") for other in self.inodes):
            raise ValueError(f"{path}: found a directory with files in its place, so the kernel drops it")
        if old and (old.kind != kind or kind == "symlink"):
            del self.inodes[path]
        key = (entry.inode, entry.file_system)
        if kind != "directory" and entry.links > 1 and key in linked:
            self.inodes[path] = linked[key]
            if not entry.content:
                return
        node = Node(kind, entry.mode & 0o7777, entry.uid, entry.gid, entry.time, self._content(entry, kind))
        self.inodes.setdefault(path, [node])[0] = node
        if entry.links > 1:
            linked[key] = self.inodes[path]

    @staticmethod
    def _content(entry, kind):
        if kind == "file":
            return bytes(entry.content)
        if kind == "symlink":
            return entry.content.decode()
        return entry.device if kind in ("c", "b") else None


def unpack(data):
    """The tree of an initrd's bytes."""
    unpacking = _Unpacking()
    for entries in archives(data):
        unpacking.archive(entries)
    return Tree({path: inode[0] for path, inode in unpacking.inodes.items()})
