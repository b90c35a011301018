"""NetworkBootInfo: programs that firmware loads from a network and that load a system."""

visibility("//rules/...")

NetworkBootInfo = provider(
    doc = "Programs that firmware loads from a network and that load the system's iPXE script.",
    fields = {
        "bios": "File or None: iPXE for BIOSes (undionly.kpxe).",
        "efi": "File or None: iPXE for UEFI (ipxe.efi).",
        "missing": "dict: name of a field that is None -> why the program is not there.",
    },
)
