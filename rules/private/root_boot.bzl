"""linuxkit_root_boot: kernel, small initrd and command line for a system whose root is a file system image."""

load("//rules/private:image.bzl", "linuxkit_image")
load("//rules/private:root_kernel.bzl", "linuxkit_root_kernel")

visibility("//rules/...")

_FORMS = ["/dev/", "PARTUUID=", "PARTLABEL="]

def linuxkit_root_boot(
        name,
        kernel = Label("//runtime:root_kernel"),
        root = "PARTLABEL=root",
        root_file = None,
        verity = None,
        overlay = True,
        init = Label("//runtime:root_init"),
        tags = [],
        **kwargs):
    """What boots a system whose root is a squashfs or EROFS image on a disk instead of an initrd.

    The result is a linuxkit_image of its own (NAME-kernel, NAME-initrd.img, NAME-cmdline, `NAME_qemu`), so every output format
    takes it. Its initrd has the modules of `kernel` and one program, which mounts the root read-only, lays a tmpfs over it
    and starts the root's init. The system itself is the linuxkit_image that the image was made from; RAM holds only what it
    uses.

    Args:
      name: the target's name and the beginning of the outputs' names.
      kernel: a linuxkit_kernel of the same version as the system's, with the modules that reach the root: its disk's driver,
        its file system, `overlay`, and `dm-verity` with `verity`. Default: Debian's kernel with those of virtual machines.
      root: what holds the root: "/dev/NAME", "PARTUUID=UUID" or "PARTLABEL=NAME".
      root_file: the path of an image file in the file system on `root`, such as an ISO's. Default: `root` itself is the image.
      verity: a linuxkit_verity, the image that `root` or `root_file` holds. A system whose image was changed does not boot.
      overlay: whether the root may be written to; what is written is gone with the next boot. False saves nothing but
        guarantees it: then the root needs the directories dev, proc, run, sys, tmp and var.
      init: a linuxkit_init with the program /init.
      tags: tags of all targets.
      **kwargs: attributes of linuxkit_image common to all rules, and `qemu_args`.
    """
    if not [form for form in _FORMS if root.startswith(form) and root != form]:
        fail("root: found {}; expected /dev/NAME, PARTUUID=UUID or PARTLABEL=NAME.".format(root))
    common = {key: value for key, value in kwargs.items() if key != "qemu_args"}
    linuxkit_root_kernel(
        name = name + ".root_kernel",
        kernel = kernel,
        overlay = overlay,
        root = root,
        root_file = root_file,
        tags = tags + ["manual"],
        verity = verity,
        **common
    )
    linuxkit_image(name = name, init = [init], kernel = name + ".root_kernel", tags = tags, **kwargs)
