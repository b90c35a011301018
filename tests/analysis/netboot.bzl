"""Network boot: what the actions of linuxkit_netboot get, and mistakes."""

load("//rules:defs.bzl", "linuxkit_netboot")
load(":asserts.bzl", "actions_test", "command_line_test", "failure_test")

_IMAGE = ":formats_image"

def netboot_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    linuxkit_netboot(name = "netboot", image = _IMAGE, out = "formats_image-netboot", tags = ["manual"])
    linuxkit_netboot(name = "netboot_of_no_kernel", image = ":without_kernel", tags = ["manual"])
    actions_test(
        name = "netboot_links_the_system_and_writes_scripts",
        target_under_test = ":netboot",
        mnemonics = ["LinuxkitNetboot"] + 6 * ["Symlink"],
    )
    command_line_test(
        name = "netboot_has_a_script_for_each_loader",
        target_under_test = ":netboot",
        mnemonic = "LinuxkitNetboot",
        words = ["--name=formats_image"],
        prefixes = ["--cmdline=", "--grub=", "--ipxe=", "--pxelinux="],
    )
    failure_test(
        name = "netboot_of_no_kernel_test",
        message = "has no kernel; expected a linuxkit_image with one.",
        target_under_test = ":netboot_of_no_kernel",
    )
    native.test_suite(
        name = name,
        tests = [
            "netboot_has_a_script_for_each_loader",
            "netboot_links_the_system_and_writes_scripts",
            "netboot_of_no_kernel_test",
        ],
    )
