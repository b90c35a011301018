"""Layers: entries of a tar, and how the tar is stored.

    blob, diff_id, media_type = layer([directory("bin"), file("bin/tool", b"#!", mode=0o755)], "gzip")
"""

import compression.zstd
import gzip
import hashlib
import io
import tarfile

_TIME = 1700000000
_MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar"


def _entry(path, kind, mode, uid, gid, time):
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.uid, info.gid, info.mtime = kind, mode, uid, gid, time
    return info


def file(path, content=b"", mode=0o644, uid=0, gid=0, time=_TIME):
    if isinstance(content, str):
        content = content.encode()
    info = _entry(path, tarfile.REGTYPE, mode, uid, gid, time)
    info.size = len(content)
    return info, content


def directory(path, mode=0o755, uid=0, gid=0, time=_TIME):
    return _entry(path, tarfile.DIRTYPE, mode, uid, gid, time), b""


def symlink(path, target, uid=0, gid=0, time=_TIME):
    info = _entry(path, tarfile.SYMTYPE, 0o777, uid, gid, time)
    info.linkname = target
    return info, b""


def hard_link(path, target):
    info = _entry(path, tarfile.LNKTYPE, 0o644, 0, 0, _TIME)
    info.linkname = target
    return info, b""


def device(path, kind, major, minor, mode=0o660, gid=0):
    info = _entry(path, {"c": tarfile.CHRTYPE, "b": tarfile.BLKTYPE}[kind], mode, 0, gid, _TIME)
    info.devmajor, info.devminor = major, minor
    return info, b""


def fifo(path, mode=0o600):
    return _entry(path, tarfile.FIFOTYPE, mode, 0, 0, _TIME), b""


def tar(entries):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def layer(entries, storage):
    """A layer's blob, the digest of its tar, and its media type; `storage` is gzip, zstd or tar."""
    plain = tar(entries)
    stored = {
        "gzip": lambda: (gzip.compress(plain, mtime=0), "+gzip"),
        "zstd": lambda: (compression.zstd.compress(plain), "+zstd"),
        "tar": lambda: (plain, ""),
    }[storage]()
    return stored[0], "sha256:" + hashlib.sha256(plain).hexdigest(), _MEDIA_TYPE + stored[1]
