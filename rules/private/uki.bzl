"""linuxkit_uki: a system as one UEFI program, signed or not."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:boot_config.bzl", "bootable")
load("//rules/private:toolchain_types.bzl", "EFI_BOOT_TYPE", "optional_toolchains")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/providers:linuxkit_secure_boot_key_info.bzl", "LinuxkitSecureBootKeyInfo")
load("//rules/private/toolchains:programs.bzl", "needed_program")

visibility("//rules/...")

# What shows the system in boot menus: systemd-boot lists no image without.
_OS_RELEASE = "ID=linuxkit\nPRETTY_NAME=\"{}\"\n"

def _check_signature(attr):
    if not attr.signature:
        return
    if not attr.secure_boot:
        fail("signature: found without secure_boot; expected the linuxkit_secure_boot_key with the signer's certificate.")
    if attr.secure_boot[LinuxkitSecureBootKeyInfo].key:
        fail("signature: found beside a key in secure_boot; expected a linuxkit_secure_boot_key without key.")

def _os_release(ctx, name):
    if ctx.file.os_release:
        return ctx.file.os_release
    file = ctx.actions.declare_file(name + ".os-release")
    ctx.actions.write(file, _OS_RELEASE.format(name))
    return file

def _sections(ctx, name):
    """The files that go into the image.

    Args:
      ctx: the rule context.
      name: what outputs' names begin with.

    Returns:
      dict: flag of make_uki -> File. Microcode is not among them: the initrd begins with it.
    """
    image = bootable(ctx)
    sections = {
        "cmdline": image.cmdline,
        "initrd": image.initrd,
        "kernel": image.kernel,
        "os_release": _os_release(ctx, name),
        "stub": ctx.file.stub or needed_program(ctx.toolchains[EFI_BOOT_TYPE], "stub"),
    }
    for attribute in ["dtb", "sbat", "splash"]:
        file = getattr(ctx.file, attribute)
        if file:
            sections[attribute] = file
    return sections

def _make_uki(ctx, sections, flag, output, mnemonic, message):
    args = tool_args(ctx)
    for name, file in sections.items():
        args.add(file, format = "--{}=%s".format(name))
    if ctx.attr.secure_boot:
        args.add("--sealed")
    args.add(output, format = "--{}=%s".format(flag))
    run_tool(
        ctx,
        ctx.executable._make_uki,
        args,
        inputs = sections.values(),
        outputs = [output],
        mnemonic = mnemonic,
        progress_message = message,
    )

def _export_request(ctx, name, unsigned):
    """What the holder of a key that is not here must sign: the DER of the signed attributes, and their SHA-256."""
    attributes = ctx.actions.declare_file(name + ".to-sign")
    digest = ctx.actions.declare_file(name + ".to-sign.sha256")
    args = tool_args(ctx)
    args.add(unsigned, format = "--input=%s")
    args.add(attributes, format = "--attributes_output=%s")
    args.add(digest, format = "--digest_output=%s")
    run_tool(
        ctx,
        ctx.executable._sign_efi,
        args,
        inputs = [unsigned],
        outputs = [attributes, digest],
        mnemonic = "LinuxkitSignRequest",
        progress_message = "Hashing %{label} for its signature",
    )
    return [attributes, digest]

def _sign(ctx, unsigned, output):
    info = ctx.attr.secure_boot[LinuxkitSecureBootKeyInfo]
    inputs = [unsigned, info.certificate]
    args = tool_args(ctx)
    args.add(unsigned, format = "--input=%s")
    args.add(info.certificate, format = "--certificate=%s")
    if info.key:
        args.add(info.key, format = "--key=%s")
        inputs.append(info.key)
    elif ctx.file.signature:
        args.add(ctx.file.signature, format = "--signature=%s")
        inputs.append(ctx.file.signature)
    args.add(output, format = "--output=%s")

    # An executor elsewhere would be sent the key.
    stays_here = info.key and not ctx.attr._remote_sign[BuildSettingInfo].value
    run_tool(
        ctx,
        ctx.executable._sign_efi,
        args,
        inputs = inputs,
        outputs = [output],
        mnemonic = "LinuxkitSign",
        progress_message = "Signing %{label}",
        execution_requirements = {"no-remote-exec": "1"} if stays_here else {},
    )

def _linuxkit_uki_impl(ctx):
    _check_signature(ctx.attr)
    out = ctx.attr.out or ctx.label.name + ".efi"
    name = out.removesuffix(".efi")
    sections = _sections(ctx, name)
    uki = ctx.actions.declare_file(out)
    unsigned = ctx.actions.declare_file(name + ".unsigned.efi") if ctx.attr.secure_boot else uki
    pcr = ctx.actions.declare_file(name + ".pcr11.json")
    _make_uki(ctx, sections, "output", unsigned, "LinuxkitUki", "Making the unified kernel image %{label}")

    # An action of its own, because it reads all bytes and making the image reads hardly any.
    _make_uki(ctx, sections, "pcr_output", pcr, "LinuxkitPcr", "Measuring %{label}")
    groups = {"pcr11": depset([pcr])}
    if ctx.attr.secure_boot:
        _sign(ctx, unsigned, uki)
        groups["to_sign"] = depset(_export_request(ctx, name, unsigned))
        groups["unsigned"] = depset([unsigned])
    return [DefaultInfo(files = depset([uki])), OutputGroupInfo(**groups)]

linuxkit_uki = rule(
    implementation = _linuxkit_uki_impl,
    doc = """A system as a Unified Kernel Image: one UEFI program with kernel, initrd and command line.

Output: `NAME.efi`. Output groups: `pcr11`, what a TPM's PCR 11 will hold once systemd's stub has measured the image
(`NAME.pcr11.json`); with `secure_boot` also `unsigned`, the image without its signature, and `to_sign`, what the holder of a key
that is not here signs: `NAME.to-sign`, the DER of the signed attributes, and `NAME.to-sign.sha256`, its SHA-256. The RSA signature
(PKCS #1 v1.5) over them is then the attribute `signature`.""",
    attrs = {
        "dtb": attr.label(doc = "A device tree blob.", allow_single_file = True),
        "image": attr.label(doc = "The linuxkit_image.", mandatory = True, providers = [LinuxkitImageInfo]),
        "os_release": attr.label(
            doc = "An os-release file, for boot menus. Default: ID=linuxkit and the image's name.",
            allow_single_file = True,
        ),
        "out": attr.string(doc = "The output's name; those of output groups begin with it. Default: NAME.efi."),
        "sbat": attr.label(doc = "Lines for the stub's .sbat, behind \"sbat,1,…\".", allow_single_file = True),
        "secure_boot": attr.label(
            doc = """Who signs the image. Default: nobody. The command line of a signed image is sealed: the kernel and init take no word that
a boot program appends, and `linuxkit.test=off` is on it unless the image's own command line has `linuxkit.test=` (docs/security.md).""",
            providers = [LinuxkitSecureBootKeyInfo],
        ),
        "signature": attr.label(
            doc = "The raw signature of what the output group `to_sign` has, if `secure_boot` has no key.",
            allow_single_file = True,
        ),
        "splash": attr.label(doc = "A BMP image, shown at boot.", allow_single_file = True),
        "stub": attr.label(
            doc = "systemd's stub for the system's architecture. Default: the toolchain's.",
            allow_single_file = True,
        ),
        "_make_uki": tool_attr("//tools/efi:make_uki"),
        "_remote_sign": attr.label(default = "//rules/settings:remote_sign"),
        "_sign_efi": tool_attr("//tools/efi:sign_efi"),
    },
    toolchains = optional_toolchains([EFI_BOOT_TYPE]),
)
