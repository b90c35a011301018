"""Toolchains of rules_linuxkit: bring boot programs of your own.

    load("@rules_linuxkit//rules/toolchains:defs.bzl", "linuxkit_efi_boot")

    linuxkit_efi_boot(name = "signed_systemd_boot", boot_file = "BOOTX64.EFI", boot_manager = "systemd-bootx64.efi.signed")
    toolchain(
        name = "efi_boot",
        target_compatible_with = ["@platforms//cpu:x86_64"],
        toolchain = ":signed_systemd_boot",
        toolchain_type = "@rules_linuxkit//rules/toolchains:efi_boot_type",
    )

and `register_toolchains("//:efi_boot")` in MODULE.bazel.
"""

load("//rules/private/toolchains:bios_boot.bzl", _linuxkit_bios_boot = "linuxkit_bios_boot")
load("//rules/private/toolchains:efi_boot.bzl", _linuxkit_efi_boot = "linuxkit_efi_boot")
load("//rules/private/toolchains:network_boot.bzl", _linuxkit_network_boot = "linuxkit_network_boot")

linuxkit_bios_boot = _linuxkit_bios_boot
linuxkit_efi_boot = _linuxkit_efi_boot
linuxkit_network_boot = _linuxkit_network_boot
