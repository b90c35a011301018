"""The source of ISA-L, which no module registry has, as repository @isa-l.

The build root has it from Debian (third_party/buildroot/keep-sources); elsewhere it comes from its authors.
"""

_BUILD_ROOT = "/usr/share/linuxkit/isa-l"
_VERSION = "2.31.1"

def _isal_archive_impl(rctx):
    directory = rctx.path(_BUILD_ROOT)
    if directory.exists:
        for path in directory.readdir():
            rctx.symlink(path, path.basename)
    else:
        rctx.download_and_extract(
            url = "https://github.com/intel/isa-l/archive/refs/tags/v{}.tar.gz".format(_VERSION),
            sha256 = "e1d5573a4019738243b568ab1e1422e6ab7557c5cae33cc8686944d327ad6bb4",
            stripPrefix = "isa-l-" + _VERSION,
        )
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")

isal_archive = repository_rule(
    implementation = _isal_archive_impl,
    doc = "The source of ISA-L.",
    attrs = {"build_file": attr.label(default = "//third_party/isal:isal.BUILD.bazel")},
)
