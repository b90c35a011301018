"""What stands for @debian_archive where there are no packages: a target that says how to get them."""

def _missing_packages_impl(ctx):
    fail("{}: found no Debian packages; they come with the build root. Run with BAZELW_BUILD_ROOT=1 ./bazelw, or set ".format(ctx.label) +
         "LINUXKIT_DEBIAN_ARCHIVE to a directory with the .deb files named in third_party/buildroot/images.txt.")

missing_packages = rule(implementation = _missing_packages_impl)
