"""LinuxkitImageInfo: an assembled system."""

visibility("//rules/...")

LinuxkitImageInfo = provider(
    doc = "A system in the form every output format is made from.",
    fields = {
        "cmdline": "File: the kernel command line, without a newline.",
        "indexes": "list of File: the segments' indexes in order.",
        "initrd": "File: microcode and all segments, concatenated.",
        "initrd_info": "File: sizes of the initrd (InitrdInfo of tools/initrd/initrd.proto).",
        "kernel": "File or None: the kernel; None for a system without one.",
        "kernel_info": "File or None: KernelInfo of tools/kernel/kernel.proto.",
        "segments": "list of LinuxkitSegmentInfo in order: what the initrd is made of, and every other form of the tree that boots.",
        "ucode": "File or None: the early microcode that the initrd begins with.",
    },
)
