"""linuxkit_disk: a disk that boots."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:boot_config.bzl", "BOOT_CONFIG_ATTRS", "boot_files", "bootable", "make_boot_config")
load("//rules/private:medium.bzl", "MEDIUM_ATTRS", "add_files", "efi_files", "extra_files")
load("//rules/private:pairs.bzl", "pair_flag", "pair_format")
load("//rules/private:toolchain_types.bzl", "BIOS_BOOT_TYPE", "EFI_BOOT_TYPE", "optional_toolchains")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/toolchains:programs.bzl", "needed_program")

visibility("//rules/...")

# What each format's file is called.
_EXTENSIONS = {
    "compressed_qcow2": "qcow2",
    "dynamic_vhd": "vhd",
    "gcp": "img.tar.gz",
    "ova": "ova",
    "qcow2": "qcow2",
    "raw": "img",
    "vdi": "vdi",
    "vhd": "vhd",
    "vhdx": "vhdx",
    "vmdk": "vmdk",
}

# Those that compress, on two processors.
_COMPRESSED = ["compressed_qcow2", "gcp", "ova", "vmdk"]

def _two_processors(_os, _inputs):
    return {"cpu": 2}

def _add_bios(ctx, image, args, files, core):
    """Boot by BIOS: GRUB; returns the inputs besides `files`, to which it adds."""
    toolchain = ctx.toolchains[BIOS_BOOT_TYPE]
    boot = needed_program(toolchain, "grub_boot")
    core_file = needed_program(toolchain, core)
    args.add(boot, format = "--grub_boot=%s")
    args.add(core_file, format = "--grub_core=%s")
    files.update(boot_files(image))
    files["/grub/grub.cfg"] = make_boot_config(ctx, image, ["grub"])["grub"]
    return [boot, core_file]

def _add_data(ctx, args):
    """The data partitions; returns the inputs."""
    for name, size in ctx.attr.data.items():
        if not size.isdigit():
            fail("data: {} has size {}; expected a number of MiB, 0 for what is left.".format(name, repr(size)))
        args.add(pair_flag("data", name, size))
    inputs = []
    for target, name in ctx.attr.data_images.items():
        found = target[DefaultInfo].files.to_list()
        if len(found) != 1:
            fail("data_images: {} has {} files; expected one.".format(target.label, len(found)))
        args.add(found[0], format = pair_format("data_image", name))
        inputs.append(found[0])
    return inputs

def _linuxkit_disk_impl(ctx):
    image = bootable(ctx)
    disk = ctx.actions.declare_file(ctx.attr.out or "{}.{}".format(ctx.label.name, _EXTENSIONS[ctx.attr.format]))
    args = tool_args(ctx)
    files = {}
    texts = {}
    inputs = []
    firmware = ctx.attr.firmware
    if firmware != "bios":
        efi, texts = efi_files(ctx, image)
        files.update(efi)
    if firmware != "efi":
        core = "grub_core_mbr" if firmware == "bios" else "grub_core_gpt"
        inputs.extend(_add_bios(ctx, image, args, files, core))
    files.update(extra_files(ctx))
    add_files(args, "file", files)
    for path, text in texts.items():
        args.add(pair_flag("text", path, text))
    args.add("--table=" + ("mbr" if firmware == "bios" else "gpt"))
    args.add("--time={}".format(ctx.attr.time))
    args.add("--boot_size={}".format(ctx.attr.boot_size))
    args.add("--size={}".format(ctx.attr.size_mib))
    args.add("--size_unit={}".format(ctx.attr.size_unit_mib))
    args.add("--format=" + ctx.attr.format)
    args.add("--name=" + ctx.attr.image.label.name)
    is_compressed = ctx.attr.format in _COMPRESSED
    if is_compressed:
        args.add("--threads=2")
    inputs.extend(_add_data(ctx, args))
    args.add(disk, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._mkdisk,
        args,
        inputs = inputs + files.values(),
        outputs = [disk],
        mnemonic = "LinuxkitDisk",
        progress_message = "Writing disk %{label}",
        resource_set = _two_processors if is_compressed else None,
    )
    return [DefaultInfo(files = depset([disk]))]

linuxkit_disk = rule(
    implementation = _linuxkit_disk_impl,
    doc = """A disk image of a system, for machines and virtual machines.

The first partition holds what boots: with UEFI the EFI system partition of a GPT disk, with BIOS alone the active partition of an MBR
disk. A GPT disk for both has GRUB besides (docs/formats.md).""",
    attrs = BOOT_CONFIG_ATTRS | MEDIUM_ATTRS | {
        "boot_size": attr.int(doc = "MiB of the first partition. Default: what its files take, at least 64."),
        "data": attr.string_dict(doc = "dict: name -> MiB of a further partition with an empty FAT; \"0\" for the last one: what is left."),
        "data_images": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "dict: a file that a further partition begins with, such as a file system -> the partition's name.",
        ),
        "firmware": attr.string(
            default = "both",
            values = ["bios", "efi", "both"],
            doc = "What boots it: `efi` (GPT), `bios` (MBR) or `both` (GPT), the default. A BIOS is for x86-64 alone.",
        ),
        "format": attr.string(default = "raw", values = _EXTENSIONS.keys(), doc = "The format of the file: docs/formats.md."),
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo], doc = "The linuxkit_image."),
        "out": attr.string(doc = "The output's name. Default: NAME with the format's extension."),
        "size_mib": attr.int(doc = "MiB of the disk. Default: as small as possible."),
        "size_unit_mib": attr.int(default = 1, doc = "The disk's size is rounded up to a multiple of so many MiB. Default: 1; for `gcp` 1024."),
        "_mkdisk": tool_attr("//tools/mkdisk:mkdisk"),
    },
    toolchains = optional_toolchains([BIOS_BOOT_TYPE, EFI_BOOT_TYPE]),
)
