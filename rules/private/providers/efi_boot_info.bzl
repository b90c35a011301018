"""EfiBootInfo: programs that UEFI firmware starts and that start the kernel."""

visibility("//rules/...")

EfiBootInfo = provider(
    doc = "What starts a system by UEFI.",
    fields = {
        "boot_file": "string: the name that firmware looks for in /EFI/BOOT, such as BOOTX64.EFI.",
        "boot_manager": "File or None: systemd-boot, which reads /loader/entries.",
        "missing": "dict: name of a field that is None -> why the program is not there.",
        "stub": "File or None: systemd's stub, which becomes a Unified Kernel Image.",
    },
)
