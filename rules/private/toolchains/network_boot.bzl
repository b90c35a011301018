"""linuxkit_network_boot: programs that firmware loads from a network."""

load("//rules/private/providers:network_boot_info.bzl", "NetworkBootInfo")
load("//rules/private/toolchains:programs.bzl", "find_programs", "program_attr")

visibility("//rules/...")

_PROGRAMS = {
    "bios": program_attr("iPXE for BIOSes, such as undionly.kpxe."),
    "efi": program_attr("iPXE for UEFI, such as ipxe.efi."),
}

def _linuxkit_network_boot_impl(ctx):
    info = NetworkBootInfo(**find_programs(ctx, _PROGRAMS.keys()))
    return [info, platform_common.ToolchainInfo(programs = info)]

linuxkit_network_boot = rule(
    implementation = _linuxkit_network_boot_impl,
    doc = "iPXE for firmware that has none, for a toolchain of type //rules/toolchains:network_boot_type.",
    attrs = _PROGRAMS,
)
