"""Kernel images: a kernel that says what it is, modules, microcode. Nothing boots it."""

import struct

from standins.layer import directory, file, symlink, tar

_TIME = 1600000000


def _bz_image(version):
    """Setup header of Documentation/arch/x86/boot.rst."""
    image = bytearray(4096)
    banner = f"{version} (builder@host) #1 SMP\0".encode()
    image[0x1F1] = 4  # sectors of setup code
    image[0x1FE:0x206] = b"\x55\xaa\xeb\x66HdrS"
    struct.pack_into("<H", image, 0x206, 0x20F)
    struct.pack_into("<H", image, 0x20E, 0x300 - 0x200)
    struct.pack_into("<I", image, 0x22C, 0x7FFFFFFF)
    struct.pack_into("<H", image, 0x236, 1)
    struct.pack_into("<I", image, 0x238, 2047)
    image[0x300 : 0x300 + len(banner)] = banner
    return bytes(image)


def _module_tar(version):
    """Nobody loads these modules: what a kernel image has is taken as it is."""
    folder = f"./lib/modules/{version}"
    entries = [directory(path, time=_TIME) for path in ["./", "./lib", "./lib/modules", folder]]
    entries += [directory(folder + "/kernel", mode=0o750, gid=20, time=_TIME), directory(folder + "/kernel/net", time=_TIME)]
    entries += [
        file(folder + "/kernel/net/wire.ko", b"\x7fELF", mode=0o640, gid=20, time=_TIME),
        file(folder + "/modules.dep", "kernel/net/wire.ko:\n", time=_TIME),
        symlink(folder + "/build", "/usr/src/linux", time=_TIME),
    ]
    return tar(entries)


def _newc(path, mode, content):
    name = path.encode() + b"\0"
    fields = [0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0]
    entry = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    entry += bytes(-len(entry) % 4) + content
    return entry + bytes(-len(entry) % 4)


def _microcode():
    """An archive of one Intel blob with a header that says 48 bytes of data and 96 in all."""
    blob = struct.pack("<9I12x", 1, 0x10, 0x01012026, 0x906EA, 0, 1, 2, 48, 96) + bytes(48)
    blob = blob[:16] + struct.pack("<I", -sum(struct.unpack("<24I", blob)) & 0xFFFFFFFF) + blob[20:]
    folders = ["kernel", "kernel/x86", "kernel/x86/microcode"]
    archive = b"".join(_newc(path, 0o40755, b"") for path in folders)
    archive += _newc("kernel/x86/microcode/GenuineIntel.bin", 0o100644, blob)
    return archive + _newc("TRAILER!!!", 0, b"")


def kernel_layers(tag):
    version = f"{tag}-linuxkit"
    return [
        (
            [
                file("kernel", _bz_image(version), mode=0o600, time=_TIME),
                file("kernel.tar", _module_tar(version), time=_TIME),
                file("System.map", "0000000000000000 A start\n"),
                file("intel-ucode.cpio", _microcode(), time=_TIME),
                file("kernel-dev.tar", "of no use to a system"),
            ],
            "tar",
        )
    ]
