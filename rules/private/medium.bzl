"""What ISO images and disks have in common: files at paths, given to the tool as flags."""

load("//rules/private:boot_config.bzl", "boot_files", "make_boot_config")
load("//rules/private:pairs.bzl", "pair_format")
load("//rules/private:toolchain_types.bzl", "EFI_BOOT_TYPE")
load("//rules/private/toolchains:programs.bzl", "needed_program")

visibility("//rules/...")

MEDIUM_ATTRS = {
    "files": attr.label_keyed_string_dict(
        allow_files = True,
        doc = "dict: label of a file -> its path on the medium, besides what boots.",
    ),
    "time": attr.int(doc = "Of all files, in seconds since 1970. Default: 0."),
    "uki": attr.label(
        allow_single_file = [".efi"],
        doc = "What UEFI firmware starts: a Unified Kernel Image, such as `NAME_uki`. Default: a boot manager that loads kernel and initrd.",
    ),
}

def add_files(args, flag, files):
    """Adds files to a tool's command line.

    Args:
      args: Args.
      flag: string: the tool's flag, such as "file".
      files: dict: path on the medium -> File.
    """
    for path, file in files.items():
        args.add(file, format = pair_format(flag, path))

def extra_files(ctx):
    """The files that the user adds.

    Args:
      ctx: the context of a rule with MEDIUM_ATTRS.

    Returns:
      dict: path -> File.
    """
    files = {}
    for target, path in ctx.attr.files.items():
        found = target[DefaultInfo].files.to_list()
        if len(found) != 1:
            fail("files: {} has {} files; expected one.".format(target.label, len(found)))
        if path in files:
            fail("files: {} and {} have the path {}; expected one file for it.".format(files[path].owner, target.label, path))
        files[path] = found[0]
    return files

def efi_files(ctx, image):
    """What a UEFI firmware boots from.

    Args:
      ctx: the context of a rule with MEDIUM_ATTRS and EFI_BOOT_TYPE among its toolchains.
      image: LinuxkitImageInfo.

    Returns:
      dict: path in the EFI system partition -> File, and a dict path -> text of a small file.
    """
    toolchain = ctx.toolchains[EFI_BOOT_TYPE]
    boot_manager = None if ctx.file.uki else needed_program(toolchain, "boot_manager")
    if not toolchain:
        fail("found no toolchain of type {} for the target platform; register one, see docs/formats.md.".format(EFI_BOOT_TYPE))
    boot_path = "/EFI/BOOT/" + toolchain.programs.boot_file
    if ctx.file.uki:
        return {boot_path: ctx.file.uki}, {}
    entry = make_boot_config(ctx, image, ["loader_entry"])["loader_entry"]
    return (
        boot_files(image) | {boot_path: boot_manager, "/loader/entries/linuxkit.conf": entry},
        {"/loader/loader.conf": "timeout 0\\n"},
    )
