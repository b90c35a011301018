"""The rules behind linuxkit_image(config = …): YAML files, cut into entries, become sections."""

load("//rules/private:actions.bzl", "owner_name", "run_tool", "tool_args", "tool_attr")
load("//rules/private:file_sources.bzl", "FILE_SOURCES_ATTRS", "file_sources")
load("//rules/private:image_content.bzl", "IMAGE_CONTENT_ATTRS", "image_attr", "image_content")
load("//rules/private:oci_layout.bzl", "layout_of")
load("//rules/private:pairs.bzl", "pair_format")
load("//rules/private:profile.bzl", "profile_attr")
load("//rules/private/providers:linuxkit_config_info.bzl", "LinuxkitConfigInfo")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility(["//rules/...", "//tests/..."])

_LISTS = ["onboot", "onshutdown", "services", "volumes"]

_FILE_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

def entry_file_names(section, entries):
    """Names of the files for the entries of a section, after the entries' names.

    A number in their place would change with each entry before them, and with it the actions that read the files.

    Args:
      section: its name.
      entries: list of dict with `name`: skeletons of the entries.

    Returns:
      list of string. No two are equal, also where case does not count.
    """
    names = []
    taken = {}
    for entry in entries:
        safe = "".join([c if c in _FILE_NAME_CHARACTERS else "_" for c in entry["name"].elems()])

        # Entries may share a name. Far below 255 bytes, which file systems take.
        wanted = "{}.{}".format(section, safe[:100])
        number = 0
        for number in range(len(entries)):
            if _numbered(wanted, number).lower() not in taken:
                break
        name = _numbered(wanted, number)
        taken[name.lower()] = None
        names.append(name + ".pb")
    return names

def _numbered(name, number):
    return "{}+{}".format(name, number) if number else name

def _linuxkit_config_impl(ctx):
    skeletons = json.decode(ctx.attr.skeletons)["configs"]
    text = ctx.actions.declare_file(ctx.label.name + ".skeletons.json")
    ctx.actions.write(text, ctx.attr.skeletons)
    args = tool_args(ctx)
    for target, file in zip(ctx.attr.configs, ctx.files.configs):
        args.add(file, format = pair_format("config", owner_name(target.label)))
    args.add(text, format = "--skeletons=%s")
    outputs = []

    def declare(flag, suffix):
        file = ctx.actions.declare_file("{}/{}".format(ctx.label.name, suffix))
        args.add(file, format = "--{}=%s".format(flag))
        outputs.append(file)
        return file

    lists = {}
    for section in _LISTS:
        entries = [entry for skeleton in skeletons for entry in skeleton.get(section, [])]
        lists[section] = [declare(section, name) for name in entry_file_names(section, entries)]
    parts = [skeleton["files"] for skeleton in skeletons if "files" in skeleton]
    forms = sorted({form: None for part in parts for form in part.get("metadata", [])})
    info = LinuxkitConfigInfo(
        cmdline = declare("cmdline", "cmdline"),
        kernel = declare("kernel", "kernel.pb"),
        files = declare("files", "files.pb") if parts else None,
        metadata = {form: declare("metadata_" + form, "metadata." + form) for form in forms},
        **lists
    )
    run_tool(
        ctx,
        ctx.executable._split_config,
        args,
        inputs = ctx.files.configs + [text],
        outputs = outputs,
        mnemonic = "LinuxkitSpec",
        progress_message = "Checking the specification %{label}",
    )
    return [DefaultInfo(files = depset(outputs)), info]

linuxkit_config = rule(
    implementation = _linuxkit_config_impl,
    doc = "Checks YAML files and cuts them up. An entry's file depends on that entry alone, so an edit elsewhere stops here.",
    attrs = {
        "configs": attr.label_list(allow_files = True, mandatory = True),
        "skeletons": attr.string(mandatory = True, doc = "JSON: what the lock file says of the files."),
        "_split_config": tool_attr("//tools/config:split_config"),
    },
    provides = [LinuxkitConfigInfo],
)

_CONFIG = {"config": attr.label(mandatory = True, providers = [LinuxkitConfigInfo])}
_IMAGE_ATTRS = IMAGE_CONTENT_ATTRS | {"image": image_attr("The entry's image.")}

def _content(ctx):
    return image_content(ctx, ctx.attr.image) if ctx.attr.image else None

def _section(section, name, entry, content = None, id_names = [], layout = None, metadata = {}, profile = "", readonly = False, sources = []):
    return [
        DefaultInfo(files = depset([entry])),
        LinuxkitSectionInfo(
            section = section,
            name = name,
            entry = entry,
            content = content,
            id_names = id_names,
            layout = layout,
            metadata = metadata,
            profile = profile,
            readonly = readonly,
            sources = sources,
            volumes = [],
        ),
    ]

def _linuxkit_config_container_impl(ctx):
    section = ctx.attr.section
    return _section(
        section,
        ctx.attr.container_name,
        getattr(ctx.attr.config[LinuxkitConfigInfo], section)[ctx.attr.index],
        content = _content(ctx),
        id_names = ctx.attr.id_names,
        profile = ctx.attr.profile,
    )

linuxkit_config_container = rule(
    implementation = _linuxkit_config_container_impl,
    attrs = _CONFIG | _IMAGE_ATTRS | {
        "container_name": attr.string(mandatory = True),
        "id_names": attr.string_list(),
        "index": attr.int(),
        "profile": profile_attr("Default: the system's."),
        "section": attr.string(mandatory = True, values = ["onboot", "onshutdown", "services"]),
    },
    provides = [LinuxkitSectionInfo],
)

def _linuxkit_config_volume_impl(ctx):
    return _section(
        "volumes",
        ctx.attr.volume_name,
        ctx.attr.config[LinuxkitConfigInfo].volumes[ctx.attr.index],
        content = _content(ctx),
        layout = layout_of(ctx.attr.layout, ctx.attr.platforms) if ctx.attr.layout else None,
        readonly = ctx.attr.readonly,
    )

linuxkit_config_volume = rule(
    implementation = _linuxkit_config_volume_impl,
    attrs = _CONFIG | _IMAGE_ATTRS | {
        "index": attr.int(),
        "layout": attr.label(allow_files = True, doc = "Instead of `image`, for format oci."),
        "platforms": attr.string_list(),
        "readonly": attr.bool(),
        "volume_name": attr.string(mandatory = True),
    },
    provides = [LinuxkitSectionInfo],
)

def _linuxkit_config_files_impl(ctx):
    info = ctx.attr.config[LinuxkitConfigInfo]
    return _section(
        "files",
        ctx.label.name,
        info.files,
        id_names = ctx.attr.id_names,
        metadata = info.metadata,
        sources = file_sources(ctx),
    )

linuxkit_config_files = rule(
    implementation = _linuxkit_config_files_impl,
    attrs = _CONFIG | FILE_SOURCES_ATTRS | {
        "id_names": attr.string_list(),
    },
    provides = [LinuxkitSectionInfo],
)
