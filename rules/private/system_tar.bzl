"""Systems as tars: linuxkit_tar, linuxkit_docker and linuxkit_tar_kernel_initrd."""

load("//rules/private:actions.bzl", "tool_args", "tool_attr")
load("//rules/private:form.bzl", "FORM_ATTRS", "make_form")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")

visibility("//rules/...")

def _make_tar(ctx, form, suffix, files, segments):
    """Declares the action that writes a tar.

    Args:
      ctx: the rule's context.
      form: string, the value of --form.
      suffix: string, what follows the target's name in the output's.
      files: dict: flag -> File or None, what goes into the tar besides the tree.
      segments: list of LinuxkitSegmentInfo, the tree.

    Returns:
      list of providers.
    """
    args = tool_args(ctx)
    args.add(form, format = "--form=%s")
    present = {flag: file for flag, file in files.items() if file}
    for flag, file in present.items():
        args.add(file, format = "--" + flag + "=%s")
    return make_form(ctx, ctx.executable._make_system_tar, "LinuxkitTar", suffix, args, present.values(), segments)

def _tree_tar(ctx, form, suffix):
    image = ctx.attr.image[LinuxkitImageInfo]
    files = {"kernel": image.kernel, "cmdline": image.cmdline, "ucode": image.ucode} if image.kernel else {}
    return _make_tar(ctx, form, suffix, files, image.segments)

def _linuxkit_tar_impl(ctx):
    return _tree_tar(ctx, "tar", ".tar")

def _linuxkit_docker_impl(ctx):
    return _tree_tar(ctx, "docker", ".docker")

def _linuxkit_tar_kernel_initrd_impl(ctx):
    image = ctx.attr.image[LinuxkitImageInfo]
    files = {"kernel": image.kernel, "initrd": image.initrd, "cmdline": image.cmdline, "ucode": image.ucode}
    return _make_tar(ctx, "tar-kernel-initrd", "-initrd.tar", files, [])

_ATTRS = FORM_ATTRS | {"_make_system_tar": tool_attr("//tools/rootfs:make_system_tar")}

linuxkit_tar = rule(
    implementation = _linuxkit_tar_impl,
    doc = "The tree that boots, with boot/kernel, boot/cmdline and boot/ucode.cpio.",
    attrs = _ATTRS,
)

linuxkit_docker = rule(
    implementation = _linuxkit_docker_impl,
    doc = "What linuxkit_tar makes, with a Dockerfile: a build context for `docker build -`.",
    attrs = _ATTRS,
)

linuxkit_tar_kernel_initrd = rule(
    implementation = _linuxkit_tar_kernel_initrd_impl,
    doc = "A tar of kernel, initrd.img, cmdline and ucode.cpio, those of them that are not empty. The initrd is without microcode.",
    attrs = _ATTRS,
)
