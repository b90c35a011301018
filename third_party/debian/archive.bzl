"""What this repository's images and boot tests are made of, as repository @debian_archive: Debian packages, firmware's key for tests, and
loaders of network cards.

The build root keeps the packages (third_party/buildroot/images.txt); users of the ruleset never need this repository.
"""

_DIRECTORY = "/usr/share/linuxkit/debs"

_FILES = [
    # Of the package ovmf: a key that everyone knows, and a store of UEFI variables with Secure Boot on that trusts it.
    "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd",
    "/usr/share/ovmf/PkKek-1-snakeoil.key",
    "/usr/share/ovmf/PkKek-1-snakeoil.pem",
    # PXELINUX, and what it loads first.
    "/usr/lib/PXELINUX/pxelinux.0",
    "/usr/lib/syslinux/modules/bios/ldlinux.c32",
]

# GRUB for network cards, which reads grub.cfg beside itself; as grub-mknetdir makes it.
_GRUB_PXE = [
    "/usr/bin/grub-mkimage",
    "--format=i386-pc-pxe",
    "--prefix=(pxe)/",
    "--output=grub-pxe.0",
    "boot",
    "configfile",
    "linux",
    "normal",
    "pxe",
    "test",
    "tftp",
]

_MISSING = """\
load("@rules_linuxkit//third_party/debian:missing.bzl", "missing_packages")

package(default_visibility = ["//visibility:public"])

missing_packages(name = "missing")
"""

def _stable_name(file_name):
    """`runc_1.3.6_amd64.deb` -> `runc.deb`; the kernel's packages lose the version inside their name too."""
    name = file_name.split("_")[0]
    for kind in ["linux-binary", "linux-modules"]:
        if name.startswith(kind + "-"):
            name = kind
    return name + ".deb"

def _debian_archive_impl(rctx):
    directory = rctx.path(rctx.getenv("LINUXKIT_DEBIAN_ARCHIVE", _DIRECTORY))
    names = []
    if directory.exists:
        for path in directory.readdir():
            if path.basename.endswith(".deb"):
                names.append(_stable_name(path.basename))
                rctx.symlink(path, names[-1])
    for file in _FILES:
        path = rctx.path(file)
        if names and path.exists:
            names.append(path.basename)
            rctx.symlink(path, path.basename)
    if names and rctx.execute(_GRUB_PXE, environment = {"LC_ALL": "C"}).return_code == 0:
        names.append("grub-pxe.0")
    if names:
        rctx.file("BUILD.bazel", "exports_files({})\n".format(sorted(names)))
    else:
        rctx.file("BUILD.bazel", _MISSING)

debian_archive = repository_rule(
    implementation = _debian_archive_impl,
    doc = "The .deb files of the build root, without versions in their names, and the other files.",
    environ = ["LINUXKIT_DEBIAN_ARCHIVE"],
)

def _debian_extension_impl(_mctx):
    debian_archive(name = "debian_archive")

debian = module_extension(
    implementation = _debian_extension_impl,
    doc = "Makes @debian_archive.",
)
