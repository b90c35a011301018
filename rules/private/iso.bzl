"""linuxkit_iso: an ISO image that boots from optical media and USB sticks."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:boot_config.bzl", "BOOT_CONFIG_ATTRS", "boot_files", "bootable", "make_boot_config")
load("//rules/private:medium.bzl", "MEDIUM_ATTRS", "add_files", "efi_files", "extra_files")
load("//rules/private:pairs.bzl", "pair_flag")
load("//rules/private:toolchain_types.bzl", "BIOS_BOOT_TYPE", "EFI_BOOT_TYPE", "optional_toolchains")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/toolchains:programs.bzl", "needed_program")

visibility("//rules/...")

def _add_bios(ctx, image, args):
    """Boot by BIOS; returns the inputs."""
    toolchain = ctx.toolchains[BIOS_BOOT_TYPE]
    program = needed_program(toolchain, "isolinux")
    mbr = needed_program(toolchain, "isohybrid_mbr")
    args.add(program, format = "--bios_program=%s")
    args.add(mbr, format = "--bios_mbr=%s")
    files = boot_files(image) | {
        "/isolinux/isolinux.cfg": make_boot_config(ctx, image, ["isolinux"])["isolinux"],
        "/isolinux/ldlinux.c32": needed_program(toolchain, "ldlinux"),
    }
    add_files(args, "file", files)
    return [program, mbr] + files.values()

def _add_efi(ctx, image, args):
    """Boot by UEFI; returns the inputs."""
    files, texts = efi_files(ctx, image)
    add_files(args, "efi_file", files)
    for path, text in texts.items():
        args.add(pair_flag("efi_text", path, text))
    return files.values()

def _linuxkit_iso_impl(ctx):
    image = bootable(ctx)
    iso = ctx.actions.declare_file(ctx.attr.out or ctx.label.name + ".iso")
    if not ctx.attr.firmware:
        fail("firmware: found an empty list; expected \"bios\", \"efi\" or both.")
    args = tool_args(ctx)
    inputs = []
    if "bios" in ctx.attr.firmware:
        inputs.extend(_add_bios(ctx, image, args))
    if "efi" in ctx.attr.firmware:
        inputs.extend(_add_efi(ctx, image, args))
    files = extra_files(ctx)
    add_files(args, "file", files)
    args.add("--volume_id=" + ctx.attr.volume_id)
    for field in ["publisher", "preparer", "application"]:
        if getattr(ctx.attr, field):
            args.add("--{}={}".format(field, getattr(ctx.attr, field)))
    args.add("--time={}".format(ctx.attr.time))
    args.add(iso, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._mkiso,
        args,
        inputs = inputs + files.values(),
        outputs = [iso],
        mnemonic = "LinuxkitIso",
        progress_message = "Writing ISO image %{label}",
    )
    return [DefaultInfo(files = depset([iso]))]

linuxkit_iso = rule(
    implementation = _linuxkit_iso_impl,
    doc = """An ISO 9660 image (Rock Ridge, Joliet) of a system, one file for optical media and USB sticks.

A BIOS boots it through ISOLINUX, UEFI firmware from an EFI system partition inside (docs/formats.md).""",
    attrs = BOOT_CONFIG_ATTRS | MEDIUM_ATTRS | {
        "application": attr.string(doc = "Of the volume descriptor, at most 128 characters of ASCII. Default: empty."),
        "firmware": attr.string_list(
            default = ["bios", "efi"],
            doc = "What boots it: `bios`, `efi` or both, the default. `bios` is for x86-64 alone.",
        ),
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo], doc = "The linuxkit_image."),
        "out": attr.string(doc = "The output's name. Default: NAME.iso."),
        "preparer": attr.string(doc = "Of the volume descriptor, at most 128 characters of ASCII. Default: RULES_LINUXKIT."),
        "publisher": attr.string(doc = "Of the volume descriptor, at most 128 characters of ASCII. Default: empty."),
        "volume_id": attr.string(default = "LINUXKIT", doc = "1 to 32 characters of A-Z, 0-9 and _."),
        "_mkiso": tool_attr("//tools/iso:mkiso"),
    },
    toolchains = optional_toolchains([BIOS_BOOT_TYPE, EFI_BOOT_TYPE]),
)
