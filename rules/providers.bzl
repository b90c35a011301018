"""Providers of rules_linuxkit, for rules of your own that make or use its targets."""

load("//rules/private/providers:bios_boot_info.bzl", _BiosBootInfo = "BiosBootInfo")
load("//rules/private/providers:efi_boot_info.bzl", _EfiBootInfo = "EfiBootInfo")
load("//rules/private/providers:linuxkit_image_info.bzl", _LinuxkitImageInfo = "LinuxkitImageInfo")
load("//rules/private/providers:linuxkit_kernel_info.bzl", _LinuxkitKernelInfo = "LinuxkitKernelInfo")
load("//rules/private/providers:linuxkit_section_info.bzl", _LinuxkitSectionInfo = "LinuxkitSectionInfo")
load("//rules/private/providers:linuxkit_segment_info.bzl", _LinuxkitSegmentInfo = "LinuxkitSegmentInfo")
load("//rules/private/providers:network_boot_info.bzl", _NetworkBootInfo = "NetworkBootInfo")
load("//rules/private/providers:oci_image_info.bzl", _OciImageInfo = "OciImageInfo")
load("//rules/private/providers:oci_index_info.bzl", _OciIndexInfo = "OciIndexInfo")

BiosBootInfo = _BiosBootInfo
EfiBootInfo = _EfiBootInfo
LinuxkitImageInfo = _LinuxkitImageInfo
LinuxkitKernelInfo = _LinuxkitKernelInfo
LinuxkitSectionInfo = _LinuxkitSectionInfo
LinuxkitSegmentInfo = _LinuxkitSegmentInfo
NetworkBootInfo = _NetworkBootInfo
OciImageInfo = _OciImageInfo
OciIndexInfo = _OciIndexInfo
