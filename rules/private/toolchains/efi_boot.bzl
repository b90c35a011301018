"""linuxkit_efi_boot: boot programs for UEFI."""

load("//rules/private/providers:efi_boot_info.bzl", "EfiBootInfo")
load("//rules/private/toolchains:programs.bzl", "find_programs", "program_attr")

visibility("//rules/...")

_PROGRAMS = {
    "boot_manager": program_attr("systemd-boot, such as systemd-bootx64.efi."),
    "stub": program_attr("systemd's stub, such as linuxx64.efi.stub."),
}

def _linuxkit_efi_boot_impl(ctx):
    info = EfiBootInfo(boot_file = ctx.attr.boot_file, **find_programs(ctx, _PROGRAMS.keys()))
    return [info, platform_common.ToolchainInfo(programs = info)]

linuxkit_efi_boot = rule(
    implementation = _linuxkit_efi_boot_impl,
    doc = """Boot programs for UEFI, for a toolchain of type //rules/toolchains:efi_boot_type.

An output that needs a program which is not given fails with its name.""",
    attrs = _PROGRAMS | {
        "boot_file": attr.string(
            mandatory = True,
            doc = "The name that firmware looks for in /EFI/BOOT: BOOTX64.EFI, BOOTAA64.EFI or BOOTRISCV64.EFI.",
        ),
    },
)
