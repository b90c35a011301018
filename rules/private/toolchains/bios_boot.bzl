"""linuxkit_bios_boot: boot programs for BIOSes."""

load("//rules/private/providers:bios_boot_info.bzl", "BiosBootInfo")
load("//rules/private/toolchains:programs.bzl", "find_programs", "program_attr")

visibility("//rules/...")

_PROGRAMS = {
    "grub_boot": program_attr("GRUB's boot.img."),
    "grub_core_gpt": program_attr("grub-mkimage -O i386-pc -p '(,gpt1)/grub', with modules to read FAT and start Linux."),
    "grub_core_mbr": program_attr("The same with -p '(,msdos1)/grub'."),
    "isohybrid_mbr": program_attr("isohdpfx.bin of syslinux."),
    "isolinux": program_attr("isolinux.bin of syslinux."),
    "ldlinux": program_attr("ldlinux.c32 of syslinux, which isolinux.bin loads."),
}

def _linuxkit_bios_boot_impl(ctx):
    info = BiosBootInfo(**find_programs(ctx, _PROGRAMS.keys()))
    return [info, platform_common.ToolchainInfo(programs = info)]

linuxkit_bios_boot = rule(
    implementation = _linuxkit_bios_boot_impl,
    doc = """Boot programs for BIOSes, for a toolchain of type //rules/toolchains:bios_boot_type.

An output that needs a program which is not given fails with its name.""",
    attrs = _PROGRAMS,
)
