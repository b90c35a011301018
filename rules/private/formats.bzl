"""The output formats that linuxkit_image declares besides kernel, initrd and command line."""

load("//rules/private:disk.bzl", "linuxkit_disk")
load("//rules/private:iso.bzl", "linuxkit_iso")

visibility("//rules/...")

def declare_formats(name, **kwargs):
    """One target for each output format of a system that has a kernel, `NAME_FORMAT`.

    Args:
      name: the image's name.
      **kwargs: attributes of all of them; `manual` must be among the tags.
    """
    linuxkit_iso(name = name + "_iso", image = name, out = name + ".iso", **kwargs)
    linuxkit_iso(name = name + "_iso_bios", image = name, out = name + "-bios.iso", firmware = ["bios"], **kwargs)
    linuxkit_iso(name = name + "_iso_efi", image = name, out = name + "-efi.iso", firmware = ["efi"], **kwargs)
    linuxkit_disk(name = name + "_raw", image = name, out = name + ".img", **kwargs)
    linuxkit_disk(name = name + "_raw_bios", image = name, out = name + "-bios.img", firmware = "bios", **kwargs)
    linuxkit_disk(name = name + "_raw_efi", image = name, out = name + "-efi.img", firmware = "efi", **kwargs)
