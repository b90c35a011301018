"""The output formats that linuxkit_image declares besides kernel, initrd and command line."""

load("//rules/private:disk.bzl", "linuxkit_disk")
load("//rules/private:iso.bzl", "linuxkit_iso")
load("//rules/private:kernel_iso.bzl", "linuxkit_kernel_iso")
load("//rules/private:netboot.bzl", "linuxkit_netboot")
load("//rules/private:root_formats.bzl", "declare_root_formats")
load("//rules/private:rootfs_image.bzl", "linuxkit_erofs", "linuxkit_squashfs")
load("//rules/private:serve.bzl", "linuxkit_serve")
load("//rules/private:system_tar.bzl", "linuxkit_docker", "linuxkit_tar", "linuxkit_tar_kernel_initrd")
load("//rules/private:uki.bzl", "linuxkit_uki")

visibility("//rules/...")

# Disks: the target's suffix -> (the output's name behind the image's, attributes of linuxkit_disk). Where UEFI alone boots, it
# boots the UKI.
_DISKS = {
    "aws": (".raw", {"size_unit_mib": 1024}),
    "azure": ("-azure.vhd", {"format": "vhd"}),
    "dynamic_vhd": ("-dynamic.vhd", {"format": "dynamic_vhd"}),
    "gcp": (".img.tar.gz", {"format": "gcp"}),
    "openstack": ("-openstack.qcow2", {"format": "qcow2"}),
    "ova": (".ova", {"format": "ova"}),
    "qcow2_bios": (".qcow2", {"firmware": "bios", "format": "qcow2"}),
    "qcow2_efi": ("-efi.qcow2", {"firmware": "efi", "format": "qcow2"}),
    "raw": (".img", {}),
    "raw_bios": ("-bios.img", {"firmware": "bios"}),
    "raw_efi": ("-efi.img", {"firmware": "efi"}),
    "vdi": (".vdi", {"format": "vdi"}),
    "vhd": (".vhd", {"format": "vhd"}),
    "vhdx": (".vhdx", {"format": "vhdx"}),
    "vmdk": (".vmdk", {"format": "vmdk"}),
}

# What `NAME_qemu -- --boot=FORMAT` builds and boots: the format's name there -> the target's suffix.
_BOOT_FORMATS = {
    "dynamic-vhd": "dynamic_vhd",
    "erofs": "erofs_boot",
    "iso": "iso",
    "iso-bios": "iso_bios",
    "iso-efi": "iso_efi",
    "kernel+iso": "kernel_iso_boot",
    "netboot": "netboot",
    "qcow2": "openstack",
    "qcow2-bios": "qcow2_bios",
    "qcow2-efi": "qcow2_efi",
    "raw": "raw",
    "raw-bios": "raw_bios",
    "raw-efi": "raw_efi",
    "squashfs": "squashfs_boot",
    "uki": "uki",
    "vdi": "vdi",
    "verity": "verity_boot",
    "vhd": "vhd",
    "vhdx": "vhdx",
    "vmdk": "vmdk",
}

def boot_formats(name):
    """What linuxkit_qemu can boot of an image with these formats.

    Args:
      name: the image's name.

    Returns:
      dict: format -> label.
    """
    return {format: ":{}_{}".format(name, suffix) for format, suffix in _BOOT_FORMATS.items()}

def boot_format_suffix(format):
    """The suffix of the target that `NAME_qemu -- --boot=FORMAT` boots.

    Args:
      format: string, the format's name there.

    Returns:
      string; fails if there is no such format.
    """
    if format not in _BOOT_FORMATS:
        fail("boot: found \"{}\"; expected one of {}.".format(format, ", ".join(_BOOT_FORMATS)))
    return _BOOT_FORMATS[format]

# Formats that are no disks: the targets' suffixes.
_OTHERS = ["docker", "erofs", "erofs_boot", "iso", "iso_bios", "iso_efi", "kernel_iso", "kernel_iso_boot", "netboot", "serve", "squashfs", "squashfs_boot", "tar", "tar_kernel_initrd", "uki", "verity", "verity_boot"]

def format_suffixes():
    """The suffixes of all targets that linuxkit_image declares for output formats.

    Returns:
      list of string.
    """
    return _OTHERS + _DISKS.keys()

def declare_tree_formats(name, **kwargs):
    """The formats that need no kernel, `NAME_FORMAT`: the tree that boots.

    Args:
      name: the image's name.
      **kwargs: attributes of all of them; `manual` must be among the tags.
    """
    linuxkit_tar(name = name + "_tar", image = name, out = name + ".tar", **kwargs)
    linuxkit_docker(name = name + "_docker", image = name, out = name + ".docker", **kwargs)
    linuxkit_squashfs(name = name + "_squashfs", image = name, out = name + "-squashfs.img", **kwargs)
    linuxkit_erofs(name = name + "_erofs", image = name, out = name + "-erofs.img", **kwargs)

    # LinuxKit's name for it is that of the bootable ISO image.
    linuxkit_kernel_iso(name = name + "_kernel_iso", image = name, out = name + "-root.iso", **kwargs)
    linuxkit_tar_kernel_initrd(name = name + "_tar_kernel_initrd", image = name, out = name + "-initrd.tar", **kwargs)

def declare_boot_formats(name, kernel, root_kernel, secure_boot = None, **kwargs):
    """The formats that boot, `NAME_FORMAT`.

    Args:
      name: the image's name.
      kernel: its linuxkit_kernel.
      root_kernel: the linuxkit_kernel that boots its root file systems.
      secure_boot: a linuxkit_secure_boot_key. With it, whatever boots by UEFI boots the signed UKI.
      **kwargs: attributes of all of them; `manual` must be among the tags.
    """
    uki = name + "_uki"
    linuxkit_uki(name = uki, image = name, out = name + ".efi", secure_boot = secure_boot, **kwargs)
    hybrid = {"uki": uki} if secure_boot else {}
    linuxkit_iso(name = name + "_iso", image = name, out = name + ".iso", **(hybrid | kwargs))
    linuxkit_iso(name = name + "_iso_bios", image = name, out = name + "-bios.iso", firmware = ["bios"], **kwargs)
    linuxkit_iso(name = name + "_iso_efi", image = name, out = name + "-efi.iso", firmware = ["efi"], uki = uki, **kwargs)
    for suffix, (out, attributes) in _DISKS.items():
        efi = {"uki": uki} if attributes.get("firmware") == "efi" else hybrid
        linuxkit_disk(name = name + "_" + suffix, image = name, out = name + out, **(efi | attributes | kwargs))
    linuxkit_netboot(name = name + "_netboot", image = name, out = name + "-netboot", **kwargs)
    declare_root_formats(name, kernel = kernel, root_kernel = root_kernel, **kwargs)
    linuxkit_serve(name = name + "_serve", netboot = name + "_netboot", **kwargs)
