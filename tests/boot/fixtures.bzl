"""Files that boot tests need besides systems."""

def _decrypted_key_impl(ctx):
    key = ctx.actions.declare_file(ctx.label.name + ".key")
    args = ctx.actions.args()
    args.add(ctx.file.key, format = "--key=%s")
    args.add("--passphrase=" + ctx.attr.passphrase)
    args.add(key, format = "--output=%s")
    ctx.actions.run(
        executable = ctx.executable._decrypt_key,
        arguments = [args],
        inputs = [ctx.file.key],
        outputs = [key],
        mnemonic = "DecryptKey",
        progress_message = "Decrypting %{label}",
    )
    return [DefaultInfo(files = depset([key]))]

decrypted_key = rule(
    implementation = _decrypted_key_impl,
    doc = "A private key without its passphrase.",
    attrs = {
        "key": attr.label(allow_single_file = True, mandatory = True),
        "passphrase": attr.string(mandatory = True),
        "_decrypt_key": attr.label(cfg = "exec", default = "//tests/boot:decrypt_key", executable = True),
    },
)

def _corrupted_impl(ctx):
    file = ctx.actions.declare_file(ctx.label.name + ".img")
    args = ctx.actions.args()
    args.add(ctx.file.src, format = "--input=%s")
    args.add("--offset={}".format(ctx.attr.offset))
    args.add(file, format = "--output=%s")
    ctx.actions.run(
        executable = ctx.executable._flip_byte,
        arguments = [args],
        inputs = [ctx.file.src],
        outputs = [file],
        mnemonic = "FlipByte",
        progress_message = "Corrupting %{label}",
    )
    return [DefaultInfo(files = depset([file]))]

corrupted = rule(
    implementation = _corrupted_impl,
    doc = "A file with one byte changed.",
    attrs = {
        "offset": attr.int(doc = "Which byte."),
        "src": attr.label(allow_single_file = True, mandatory = True),
        "_flip_byte": attr.label(cfg = "exec", default = "//tests/boot:flip_byte", executable = True),
    },
)
