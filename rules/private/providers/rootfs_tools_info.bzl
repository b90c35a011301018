"""RootfsToolsInfo: programs that make file system images."""

visibility("//rules/...")

RootfsToolsInfo = provider(
    doc = "Programs that make file system images: empty ones (mke2fs), or of a tar on their standard input.",
    fields = {
        "missing": "dict: name of a field that is None -> why the program is not there.",
        "mke2fs": "File or None: mke2fs of e2fsprogs 1.47 or newer.",
        "mkfs_erofs": "File or None: mkfs.erofs of erofs-utils 1.8 or newer.",
        "mksquashfs": "File or None: mksquashfs of squashfs-tools 4.6 or newer.",
    },
)
