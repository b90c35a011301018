"""BiosBootInfo: programs that a BIOS starts and that start the kernel."""

visibility("//rules/...")

BiosBootInfo = provider(
    doc = "What starts a system by BIOS: ISOLINUX from ISO images, GRUB from disks.",
    fields = {
        "grub_boot": "File or None: GRUB's boot.img, for a master boot record.",
        "grub_core_gpt": "File or None: core.img (grub-mkimage -O i386-pc) that finds /grub/grub.cfg in the first partition of its disk's GPT.",
        "grub_core_mbr": "File or None: the same for the first partition of an MBR.",
        "isohybrid_mbr": "File or None: isohdpfx.bin, the master boot record of ISO images.",
        "isolinux": "File or None: isolinux.bin.",
        "ldlinux": "File or None: ldlinux.c32, which isolinux.bin loads from its directory.",
        "missing": "dict: name of a field that is None -> why the program is not there.",
    },
)
