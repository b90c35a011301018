"""LinuxkitKernelInfo: the kernel section of a system."""

visibility("//rules/...")

LinuxkitKernelInfo = provider(
    doc = "A kernel and what travels with it.",
    fields = {
        "cmdline": "File: the kernel command line, without a newline.",
        "info": "File: version, architecture and limits of the kernel (KernelInfo of tools/kernel/kernel.proto).",
        "kernel": "File: the image that a boot loader starts.",
        "segment": "LinuxkitSegmentInfo: modules and other files the kernel brings.",
        "ucode": "File or None: early microcode, an uncompressed cpio archive that must come first in the initrd.",
    },
)
