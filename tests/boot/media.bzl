"""Boot tests of one system from each medium that a firmware boots."""

load("//rules:defs.bzl", "linuxkit_boot_test")

# What is attached where, and the firmware in the end of the name -> attributes of linuxkit_boot_test.
_MEDIA = {
    "dynamic_vhd_seabios": {"boot": "dynamic-vhd"},
    "iso_bios_cd_seabios": {"boot": "iso-bios"},
    "iso_cd_ovmf": {
        "boot": "iso",
        "firmware": "ovmf",
    },
    "iso_cd_seabios": {"boot": "iso"},
    "iso_efi_cd_ovmf": {"boot": "iso-efi"},
    "iso_usb_ovmf": {
        "attach": "usb",
        "boot": "iso",
        "firmware": "ovmf",
    },
    "iso_usb_seabios": {
        "attach": "usb",
        "boot": "iso",
    },
    "qcow2_bios_seabios": {"boot": "qcow2-bios"},
    "qcow2_efi_ovmf": {"boot": "qcow2-efi"},
    "raw_bios_seabios": {"boot": "raw-bios"},
    "raw_efi_ovmf": {"boot": "raw-efi"},
    "raw_ovmf": {
        "boot": "raw",
        "firmware": "ovmf",
    },
    "raw_seabios": {"boot": "raw"},
    "uki_ovmf": {"boot": "uki"},
    "vdi_seabios": {"boot": "vdi"},
    "vhd_seabios": {"boot": "vhd"},
    "vhdx_seabios": {"boot": "vhdx"},
    "vmdk_seabios": {"boot": "vmdk"},
}

MEDIA_TESTS = [":{}_test".format(name) for name in _MEDIA]

# The names are those of MEDIA_TESTS.
# buildifier: disable=unnamed-macro
def media_tests(image, ports):
    """Declares the tests.

    Args:
      image: label of a linuxkit_image.
      ports: what each boot must answer, as in linuxkit_boot_test.
    """
    for name, attributes in _MEDIA.items():
        linuxkit_boot_test(
            name = name + "_test",
            image = image,
            ports = ports,
            tags = ["manual"],
            **attributes
        )
