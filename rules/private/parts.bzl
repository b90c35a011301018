"""The sections of one system, each its own target and action: `:myimage.onboot.dhcp` and its like.

A linuxkit_service does not know where in which system it will stand; these rules put it there.
"""

load("//rules/private:actions.bzl", "owner_name", "run_tool", "tool_args", "tool_attr")
load("//rules/private:compression.bzl", "COMPRESSION_ATTRS", "add_compression")
load("//rules/private:image_content.bzl", "make_segment")
load("//rules/private:oci_layout.bzl", "add_layout")
load("//rules/private:pairs.bzl", "pair_format")
load("//rules/private:profile.bzl", "profile_attr")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")
load("//rules/private/providers:linuxkit_segment_info.bzl", "LinuxkitSegmentInfo")

visibility("//rules/...")

# Ids are handed out to containers from here on (LinuxKit format, section 3.5).
_FIRST_ID = 100

LinuxkitPartInfo = provider(
    doc = "The segments that one section of a system contributes.",
    fields = {"segments": "list of LinuxkitSegmentInfo, in order."},
)

_LinuxkitNamesInfo = provider(
    doc = "The names a system's entries may refer to.",
    fields = {
        "ids": "dict: container name -> user and group id.",
        "volumes": "list of string: NAME, or NAME:ro for a read-only volume.",
    },
)

def _check_unique(kind, names):
    seen = {}
    for name in names:
        if name in seen:
            fail("duplicate {} name: {}".format(kind, name))
        seen[name] = None

def _names_impl(ctx):
    containers = [container[LinuxkitSectionInfo] for container in ctx.attr.containers]
    volumes = [volume[LinuxkitSectionInfo] for volume in ctx.attr.volumes]
    _check_unique("volume", [info.name for info in volumes])
    _check_unique("service", [info.name for info in containers if info.section == "services"])
    return [_LinuxkitNamesInfo(
        ids = {info.name: _FIRST_ID + i for i, info in enumerate(containers)},
        volumes = [info.name + (":ro" if info.readonly else "") for info in volumes],
    )]

linuxkit_names = rule(
    implementation = _names_impl,
    doc = "What the entries of one system may call each other; one target, so that each bundle depends on it alone.",
    attrs = {
        "containers": attr.label_list(
            doc = "All of onboot, then onshutdown, then services. The order decides the ids.",
            providers = [LinuxkitSectionInfo],
        ),
        "volumes": attr.label_list(providers = [LinuxkitSectionInfo]),
    },
)

def _add_ids(args, names, used):
    for name in used:
        if name in names.ids:
            args.add("--id={}={}".format(name, names.ids[name]))

def _used_volumes(names, used):
    """Those of the system's volumes that an entry binds; all for the message if there is no such one."""
    known = {volume.removesuffix(":ro"): volume for volume in names.volumes}
    if [name for name in used if name not in known]:
        return names.volumes
    return [known[name] for name in used]

def _declare_segment(ctx, args):
    """Declares a segment named like the target and tells the tool."""
    segment = ctx.actions.declare_file(ctx.label.name + ".cpio")
    index = ctx.actions.declare_file(ctx.label.name + ".index")
    add_compression(args, ctx.attr, ctx.var["COMPILATION_MODE"])
    args.add(owner_name(ctx.label), format = "--owner=%s")
    args.add(index, format = "--index=%s")
    args.add(segment, format = "--output=%s")
    return LinuxkitSegmentInfo(segment = segment, index = index, apk_database = None, source = None)

def _bundle_impl(ctx):
    section = ctx.attr.section[LinuxkitSectionInfo]
    if section.section != ctx.attr.kind:
        fail("{}: {} is an entry of {}; expected one of {}.".format(ctx.attr.kind, ctx.attr.section.label, section.section, ctx.attr.kind))
    directory = section.name
    if section.section != "services":
        number = str(ctx.attr.position)
        directory = "0" * max(0, 3 - len(number)) + number + "-" + directory
    names = ctx.attr.names[_LinuxkitNamesInfo]
    config_json = ctx.actions.declare_file(ctx.label.name + "/config.json")
    runtime_json = ctx.actions.declare_file(ctx.label.name + "/runtime.json")
    args = tool_args(ctx)
    args.add(section.entry, format = "--entry=%s")
    args.add(section.content.image_config, format = "--image_config=%s")
    args.add("--path=containers/{}/{}".format(section.section, directory))
    _add_ids(args, names, section.id_names)
    args.add_all(_used_volumes(names, section.volumes), format_each = "--volume=%s")
    profile = getattr(section, "profile", "") or ctx.attr.profile
    if profile:
        args.add("--profile=" + profile)
    args.add(config_json, format = "--config_json=%s")
    args.add(runtime_json, format = "--runtime_json=%s")
    bundle = _declare_segment(ctx, args)
    run_tool(
        ctx,
        ctx.executable._make_bundle,
        args,
        inputs = [section.entry, section.content.image_config],
        outputs = [bundle.segment, bundle.index, config_json, runtime_json],
        mnemonic = "LinuxkitBundle",
        progress_message = "Making bundle %{label}",
    )
    return [
        DefaultInfo(files = depset([config_json, runtime_json])),
        LinuxkitPartInfo(segments = [section.content.container, bundle]),
    ]

linuxkit_bundle = rule(
    implementation = _bundle_impl,
    doc = "A container at its place in a system. The default outputs are its config.json and runtime.json.",
    attrs = COMPRESSION_ATTRS | {
        "kind": attr.string(mandatory = True, values = ["onboot", "onshutdown", "services"]),
        "names": attr.label(mandatory = True, providers = [_LinuxkitNamesInfo]),
        "position": attr.int(doc = "Counted from 0 in its section."),
        "profile": profile_attr("The system's: that of containers which have none of their own."),
        "section": attr.label(mandatory = True, providers = [LinuxkitSectionInfo]),
        "_make_bundle": tool_attr("//tools/bundle:make_bundle"),
    },
)

def _init_part_impl(ctx):
    content = ctx.attr.section[LinuxkitSectionInfo].content
    return [
        DefaultInfo(files = depset([content.init.segment])),
        LinuxkitPartInfo(segments = [content.init]),
    ]

linuxkit_part_init = rule(
    implementation = _init_part_impl,
    attrs = {"section": attr.label(mandatory = True, providers = [LinuxkitSectionInfo])},
)

def _volume_part_impl(ctx):
    section = ctx.attr.section[LinuxkitSectionInfo]
    segments = []
    if section.content:
        segments.append(make_segment(
            ctx,
            section.content,
            tool = ctx.executable._make_segment,
            attr = ctx.attr,
            kind = "volume",
            prefix = "containers/volumes/{}/lower".format(section.name),
            stem = ctx.label.name + ".lower",
            owner = owner_name(ctx.label),
        ))
    args = tool_args(ctx)
    args.add(section.entry, format = "--entry=%s")
    inputs = [section.entry]
    if section.layout:
        inputs.extend(add_layout(args, section.layout))
    volume = _declare_segment(ctx, args)
    run_tool(
        ctx,
        ctx.executable._make_volume,
        args,
        inputs = inputs,
        outputs = [volume.segment, volume.index],
        mnemonic = "LinuxkitVolume",
        progress_message = "Making volume %{label}",
    )
    segments.append(volume)
    return [
        DefaultInfo(files = depset([volume.segment])),
        LinuxkitPartInfo(segments = segments),
    ]

linuxkit_part_volume = rule(
    implementation = _volume_part_impl,
    attrs = COMPRESSION_ATTRS | {
        "section": attr.label(mandatory = True, providers = [LinuxkitSectionInfo]),
        "_make_segment": tool_attr("//tools/segment:make_segment"),
        "_make_volume": tool_attr("//tools/bundle:make_volume"),
    },
)

def _files_part_impl(ctx):
    sections = [target[LinuxkitSectionInfo] for target in ctx.attr.sections]
    names = ctx.attr.names[_LinuxkitNamesInfo]
    entries = [section.entry for section in sections]
    sources = [source for section in sections for source in section.sources]
    args = tool_args(ctx)
    args.add_all(entries, format_each = "--entries=%s")
    for text, file in sources:
        args.add(file, format = pair_format("source", text))
    metadata = {form: file for section in sections for form, file in section.metadata.items()}
    for form, file in metadata.items():
        args.add(file, format = "--metadata_{}=%s".format(form))
    _add_ids(args, names, sorted({name: None for section in sections for name in section.id_names}))
    files = _declare_segment(ctx, args)
    run_tool(
        ctx,
        ctx.executable._make_files,
        args,
        inputs = entries + [file for _, file in sources] + metadata.values(),
        outputs = [files.segment, files.index],
        mnemonic = "LinuxkitFiles",
        progress_message = "Writing files %{label}",
    )
    return [
        DefaultInfo(files = depset([files.segment])),
        LinuxkitPartInfo(segments = [files]),
    ]

linuxkit_part_files = rule(
    implementation = _files_part_impl,
    doc = "All files of a system. One action, because a directory's mode depends on which entry needs it first.",
    attrs = COMPRESSION_ATTRS | {
        "names": attr.label(mandatory = True, providers = [_LinuxkitNamesInfo]),
        "sections": attr.label_list(providers = [LinuxkitSectionInfo]),
        "_make_files": tool_attr("//tools/files:make_files"),
    },
)
