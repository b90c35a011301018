"""The types of toolchains, as rules name them."""

visibility("//rules/...")

BIOS_BOOT_TYPE = Label("//rules/toolchains:bios_boot_type")
EFI_BOOT_TYPE = Label("//rules/toolchains:efi_boot_type")
NETWORK_BOOT_TYPE = Label("//rules/toolchains:network_boot_type")

def optional_toolchains(types):
    """Toolchains that a rule may do without, so that a missing one gets a message of ours.

    Args:
      types: list of Label.

    Returns:
      What `rule(toolchains = ...)` takes.
    """
    return [config_common.toolchain_type(type, mandatory = False) for type in types]
