"""The repository behind the default toolchains of //rules/toolchains: boot programs, and programs that make images, that this machine has
installed."""

visibility(["//rules", "//third_party"])

# What each file is called here, where distributions have it (below LINUXKIT_BOOT_PROGRAMS, by default /), and in which Debian package.
_FILES = {
    "boot.img": (["usr/lib/grub/i386-pc/boot.img", "usr/share/grub/i386-pc/boot.img"], "grub-pc-bin"),
    "ipxe.efi": (["usr/lib/ipxe/ipxe.efi", "usr/share/ipxe/ipxe-x86_64.efi"], "ipxe"),
    "isohdpfx.bin": (["usr/lib/ISOLINUX/isohdpfx.bin", "usr/share/syslinux/isohdpfx.bin"], "isolinux"),
    "isolinux.bin": (["usr/lib/ISOLINUX/isolinux.bin", "usr/share/syslinux/isolinux.bin"], "isolinux"),
    "ldlinux.c32": (["usr/lib/syslinux/modules/bios/ldlinux.c32", "usr/share/syslinux/ldlinux.c32"], "syslinux-common"),
    "linuxaa64.efi.stub": (["usr/lib/systemd/boot/efi/linuxaa64.efi.stub"], "systemd-boot-efi:arm64"),
    "linuxx64.efi.stub": (["usr/lib/systemd/boot/efi/linuxx64.efi.stub"], "systemd-boot-efi"),
    "mke2fs": (["usr/sbin/mke2fs", "sbin/mke2fs"], "e2fsprogs"),
    "mkfs.erofs": (["usr/bin/mkfs.erofs", "usr/sbin/mkfs.erofs"], "erofs-utils"),
    "mksquashfs": (["usr/bin/mksquashfs", "usr/sbin/mksquashfs"], "squashfs-tools"),
    "systemd-bootaa64.efi": (["usr/lib/systemd/boot/efi/systemd-bootaa64.efi"], "systemd-boot-efi:arm64"),
    "systemd-bootx64.efi": (["usr/lib/systemd/boot/efi/systemd-bootx64.efi"], "systemd-boot-efi"),
    "undionly.kpxe": (["usr/lib/ipxe/undionly.kpxe", "usr/share/ipxe/undionly.kpxe"], "ipxe"),
}

# core.img by where it looks for grub.cfg. A prefix without a drive means the one that the BIOS booted.
_CORES = {
    "core_gpt.img": "(,gpt1)/grub",
    "core_mbr.img": "(,msdos1)/grub",
}

_GRUB_MODULES = ["biosdisk", "boot", "configfile", "fat", "linux", "normal", "part_gpt", "part_msdos", "test"]

_MISSING = """\
missing_program(
    name = "{name}",
    package = "{package}",
    reason = "{reason}",
)
"""

_HEADER = """\
load("{}", "missing_program")

package(default_visibility = ["//visibility:public"])

"""

def _find(root, places):
    for place in places:
        path = root.get_child(place)
        if path.exists:
            return path
    return None

def _make_core(rctx, root, name, prefix):
    """Runs grub-mkimage; returns why there is no core.img, or None."""
    mkimage = _find(root, ["usr/bin/grub-mkimage", "usr/bin/grub2-mkimage"])
    modules = _find(root, [place.removesuffix("/boot.img") for place in _FILES["boot.img"][0]])
    if not mkimage or not modules:
        return "found no grub-mkimage, or not its modules for i386-pc"
    result = rctx.execute(
        [mkimage, "-O", "i386-pc", "-d", modules, "-p", prefix, "-o", rctx.path(name)] + _GRUB_MODULES,
        environment = {"LC_ALL": "C"},
    )
    return None if result.return_code == 0 else result.stderr.strip().replace("\\", "/").replace("\"", "'").replace("\n", " ")

def _boot_programs_impl(rctx):
    root = rctx.path(rctx.getenv("LINUXKIT_BOOT_PROGRAMS", "/"))
    found = []
    missing = {}
    for name, (places, package) in _FILES.items():
        path = _find(root, places)
        if path:
            rctx.symlink(path, name)
            found.append(name)
        else:
            missing[name] = (package, "found none of " + ", ".join([str(root.get_child(place)) for place in places]))
    for name, prefix in _CORES.items():
        reason = _make_core(rctx, root, name, prefix)
        if reason:
            missing[name] = ("grub-pc-bin", reason)
        else:
            found.append(name)
    content = _HEADER.format(Label("//rules/private:missing_program.bzl")) + "exports_files({})\n\n".format(sorted(found))
    for name, (package, reason) in missing.items():
        content += _MISSING.format(name = name, package = package, reason = reason)
    rctx.file("BUILD.bazel", content)

boot_programs = repository_rule(
    implementation = _boot_programs_impl,
    doc = "Boot programs of this machine, under one name each. What is not installed is a target that says so when it is needed.",
    environ = ["LINUXKIT_BOOT_PROGRAMS"],
)
