"""Configuration of boot programs, made of a system's command line."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")

visibility("//rules/...")

BOOT_CONFIG_ATTRS = {"_make_boot_config": tool_attr("//tools/boot_config:make_boot_config")}

# Where boot programs find the system, on every medium (BootEntry of tools/boot_config).
_KERNEL_PATH = "/boot/kernel"
_INITRD_PATH = "/boot/initrd.img"

def make_boot_config(ctx, image, kinds):
    """Declares the configuration files.

    Args:
      ctx: the context of a rule with BOOT_CONFIG_ATTRS.
      image: LinuxkitImageInfo.
      kinds: list of "isolinux", "loader_entry", "grub".

    Returns:
      dict: kind -> File.
    """
    files = {kind: ctx.actions.declare_file("{}.{}.conf".format(ctx.label.name, kind)) for kind in kinds}
    args = tool_args(ctx)
    args.add(image.cmdline, format = "--cmdline=%s")
    for kind, file in files.items():
        args.add(file, format = "--" + kind + "=%s")
    run_tool(
        ctx,
        ctx.executable._make_boot_config,
        args,
        inputs = [image.cmdline],
        outputs = files.values(),
        mnemonic = "LinuxkitBootConfig",
        progress_message = "Configuring boot programs of %{label}",
    )
    return files

def bootable(ctx):
    """The system of a rule whose output boots.

    Args:
      ctx: the context of a rule with an attribute `image`.

    Returns:
      LinuxkitImageInfo with a kernel; fails without.
    """
    image = ctx.attr.image[LinuxkitImageInfo]
    if not image.kernel:
        fail("image: {} has no kernel; expected a linuxkit_image with one.".format(ctx.attr.image.label))
    return image

def boot_files(image):
    """The files that configured boot programs load.

    Args:
      image: LinuxkitImageInfo.

    Returns:
      dict: path on the medium -> File.
    """
    return {_KERNEL_PATH: image.kernel, _INITRD_PATH: image.initrd}
