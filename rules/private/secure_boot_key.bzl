"""linuxkit_secure_boot_key: who signs for Secure Boot."""

load("//rules/private/providers:linuxkit_secure_boot_key_info.bzl", "LinuxkitSecureBootKeyInfo")

visibility("//rules/...")

def _linuxkit_secure_boot_key_impl(ctx):
    return [
        DefaultInfo(files = depset([ctx.file.certificate])),
        LinuxkitSecureBootKeyInfo(certificate = ctx.file.certificate, key = ctx.file.key),
    ]

linuxkit_secure_boot_key = rule(
    implementation = _linuxkit_secure_boot_key_impl,
    doc = """A certificate that firmware trusts for Secure Boot, and its key.

Leave `key` out if it must not come near the build, such as one in a hardware module or a cloud's key service: the images that
this target signs then need the attribute `signature`.""",
    attrs = {
        "certificate": attr.label(
            doc = "PEM, of an RSA key: what the firmware's `db` has, or a certificate for shim.",
            allow_single_file = True,
            mandatory = True,
        ),
        "key": attr.label(doc = "PEM, not encrypted.", allow_single_file = True),
    },
    provides = [LinuxkitSecureBootKeyInfo],
)
