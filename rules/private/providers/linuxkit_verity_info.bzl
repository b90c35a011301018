"""LinuxkitVerityInfo: a file system image that dm-verity protects."""

visibility("//rules/...")

LinuxkitVerityInfo = provider(
    doc = "A file system image with its dm-verity hash tree behind it.",
    fields = {
        "cmdline": "File: the words of the kernel command line that a boot with it needs.",
        "image": "File: the image, superblock and hash tree, for one partition or disk.",
        "root_hash": "File: 64 hex digits and a newline.",
    },
)
