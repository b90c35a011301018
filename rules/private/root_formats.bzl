"""What boots the root file systems that linuxkit_image makes: `NAME_qemu -- --boot=squashfs` and its like."""

load("//rules/private:parts.bzl", "linuxkit_part_init")
load("//rules/private:root_kernel.bzl", "linuxkit_root_kernel")
load("//rules/private:system.bzl", "linuxkit_root_system")
load("//rules/private:verity.bzl", "linuxkit_verity")

visibility("//rules/...")

# The targets' suffixes of file system images that need nothing but to be found.
_IMAGES = ["erofs", "kernel_iso", "squashfs"]

def _declare_small_system(name, out, kernel, init, **kwargs):
    linuxkit_root_kernel(name = name + ".kernel", kernel = kernel, **kwargs)
    common = {key: value for key, value in kwargs.items() if key not in ["cmdline_of", "verity"]}
    linuxkit_root_system(name = name, image_name = out, kernel = name + ".kernel", init = [init], **common)

def declare_root_formats(name, kernel, root_kernel, **kwargs):
    """Declares `NAME_verity`, the squashfs with a hash tree, and for each root file system `NAME_FORMAT_boot`, all files that boot it.

    A small initrd mounts it, as in linuxkit_root_boot. The command line is the system's; who boots it adds `root=`.

    Args:
      name: the image's name.
      kernel: the system's linuxkit_kernel.
      root_kernel: the linuxkit_kernel of the small initrd.
      **kwargs: attributes common to all rules; `manual` must be among the tags.
    """
    linuxkit_part_init(name = name + ".root_init", section = Label("//runtime:root_init"), **kwargs)
    linuxkit_verity(name = name + "_verity", image = name + "_squashfs", **kwargs)
    small = dict(kwargs, cmdline_of = kernel, init = name + ".root_init", kernel = root_kernel)
    _declare_small_system(name + "_root_boot", name + "-root", **small)
    for image in _IMAGES:
        native.filegroup(
            name = "{}_{}_boot".format(name, image),
            srcs = ["{}_{}".format(name, image), name + "_root_boot"],
            **kwargs
        )
    _declare_small_system(name + "_verity_root_boot", name + "-verity", verity = name + "_verity", **small)
    native.filegroup(name = name + "_verity_boot", srcs = [name + "_verity", name + "_verity_root_boot"], **kwargs)
