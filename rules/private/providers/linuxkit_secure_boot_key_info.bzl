"""LinuxkitSecureBootKeyInfo: who signs UEFI programs."""

visibility("//rules/...")

LinuxkitSecureBootKeyInfo = provider(
    doc = "A certificate that firmware trusts, and its key if the build may use it.",
    fields = {
        "certificate": "File: PEM, of an RSA key.",
        "key": "File or None: PEM, not encrypted. None: the key stays outside, and signatures come in as files.",
    },
)
