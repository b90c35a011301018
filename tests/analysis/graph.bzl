"""The shape of the graph: which actions a system has, and how many."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "linuxkit_boot_test", "linuxkit_docker", "linuxkit_erofs", "linuxkit_image", "linuxkit_init", "linuxkit_kernel", "linuxkit_kernel_iso", "linuxkit_oci_image", "linuxkit_onboot", "linuxkit_onshutdown", "linuxkit_package", "linuxkit_secure_boot_key", "linuxkit_service", "linuxkit_squashfs", "linuxkit_tar", "linuxkit_tar_kernel_initrd", "linuxkit_uki", "linuxkit_volume")
load(":asserts.bzl", "actions_test", "command_line_test", "fastbuild_command_line_test", "fastbuild_level_command_line_test", "fastbuild_uncompressed_command_line_test")

def _written_test_impl(ctx):
    env = analysistest.begin(ctx)
    for action in analysistest.target_actions(env):
        if action.mnemonic == "FileWrite":
            asserts.equals(env, json.decode(ctx.attr.json), json.decode(action.content))
            return analysistest.end(env)
    return analysistest.fail(env, "no file is written")

_written_test = analysistest.make(_written_test_impl, attrs = {"json": attr.string()})

def _accel_test_impl(ctx):
    env = analysistest.begin(ctx)
    plans = [json.decode(action.content) for action in analysistest.target_actions(env) if action.mnemonic == "FileWrite"]
    asserts.equals(env, [ctx.attr.accel], [plan["accel"] for plan in plans])
    return analysistest.end(env)

_accel_under_tcg_test = analysistest.make(
    _accel_test_impl,
    attrs = {"accel": attr.string()},
    config_settings = {str(Label("//rules/settings:test_accel")): "tcg"},
)

def _order_test_impl(ctx):
    env = analysistest.begin(ctx)
    words = [arg for action in analysistest.target_actions(env) for arg in action.argv or []]
    found = [word.split("/")[-1] for word in words if word.startswith("--segment=")]
    asserts.equals(env, ctx.attr.segments, found)
    return analysistest.end(env)

_order_test = analysistest.make(_order_test_impl, attrs = {"segments": attr.string_list()})

def _count_test_impl(ctx):
    env = analysistest.begin(ctx)
    words = [arg for action in analysistest.target_actions(env) for arg in action.argv or []]
    segments = [word for word in words if word.startswith("--segment=")]

    # A bundle for each service, and the image they share once.
    asserts.equals(env, ctx.attr.services + 1, len(segments))
    return analysistest.end(env)

_count_test = analysistest.make(_count_test_impl, attrs = {"services": attr.int()})

# Every field of an entry: attribute -> (value, YAML key). JSON text is what users may write for a dict.
_FIELDS = {
    "additional_gids": ([5, "one"], "additionalGids"),
    "ambient": (["CAP_KILL"], "ambient"),
    "annotations": ({"a": "b"}, "annotations"),
    "binds": (["/a:/b"], "binds"),
    "binds_add": (["/c:/d"], "binds.add"),
    "capabilities": (["all"], "capabilities"),
    "capabilities_add": (["CAP_CHOWN"], "capabilities.add"),
    "cgroups_path": ("/c", "cgroupsPath"),
    "command": (["/x", "y"], "command"),
    "cwd": ("/w", "cwd"),
    "devices": ([{"path": "all", "type": "a"}], "devices"),
    "env": ([], "env"),
    "gid": ("root", "gid"),
    "gid_mappings": ([{"hostID": 1, "containerID": 2, "size": 3}], "gidMappings"),
    "hostname": ("h", "hostname"),
    "ipc": ("new", "ipc"),
    "masked_paths": (["/m"], "maskedPaths"),
    "mounts": ([{"type": "proc"}], "mounts"),
    "net": ("none", "net"),
    "no_new_privileges": (True, "noNewPrivileges"),
    "oom_score_adj": (0, "oomScoreAdj"),
    "pid": ("host", "pid"),
    "readonly": (False, "readonly"),
    "readonly_paths": (["/r"], "readonlyPaths"),
    "resources": ({"pids": {"limit": 5}}, "resources"),
    "rlimits": (["nofile,1,unlimited"], "rlimits"),
    "rootfs_propagation": ("shared", "rootfsPropagation"),
    "runtime": ({"mkdir": ["/x"]}, "runtime"),
    "sysctl": ({"net.x": "1"}, "sysctl"),
    "tmpfs": (["/run:mode=755"], "tmpfs"),
    "uid": (7, "uid"),
    "uid_mappings": ([{"size": 3}], "uidMappings"),
    "userns": ("root", "userns"),
    "uts": ("new", "uts"),
}

def _entry_tests():
    _written_test(
        name = "a_service_without_attributes_has_a_name_and_an_image",
        target_under_test = ":one",
        json = json.encode({"name": "same", "image": "//tests/analysis:failures_image"}),
    )
    linuxkit_service(
        name = "every_field",
        image = ":failures_image",
        tags = ["manual"],
        **{attribute: value for attribute, (value, _) in _FIELDS.items()}
    )
    _written_test(
        name = "every_attribute_of_a_service_is_a_field_of_its_entry",
        target_under_test = ":every_field",
        json = json.encode({"name": "every_field", "image": "//tests/analysis:failures_image"} |
                           {key: value for value, key in _FIELDS.values()}),
    )
    linuxkit_service(name = "env_dict", env = {"B": "2=3", "A": ""}, image = ":failures_image", tags = ["manual"])
    _written_test(
        name = "an_environment_may_be_a_dict",
        target_under_test = ":env_dict",
        json = json.encode({"env": ["B=2=3", "A="], "image": "//tests/analysis:failures_image", "name": "env_dict"}),
    )
    linuxkit_volume(name = "default_volume", tags = ["manual"])
    _written_test(
        name = "a_volume_without_attributes_is_empty_and_writable",
        target_under_test = ":default_volume",
        json = json.encode({"name": "default_volume", "readonly": False}),
    )
    return [
        "a_service_without_attributes_has_a_name_and_an_image",
        "a_volume_without_attributes_is_empty_and_writable",
        "an_environment_may_be_a_dict",
        "every_attribute_of_a_service_is_a_field_of_its_entry",
    ]

def _kernel_tests():
    linuxkit_kernel(name = "default_kernel", tags = ["manual"], vmlinuz = "x.txt")
    command_line_test(
        name = "a_kernel_has_defaults",
        target_under_test = ":default_kernel",
        mnemonic = "LinuxkitKernel",
        words = ["--compression=zstd", "--level=0"],
        absent = ["--modules_prefix=", "--module=", "--modules=", "--decompress", "--config=", "--architecture=", "--ucode"],
    )
    fastbuild_command_line_test(
        name = "a_segment_is_compressed_fast_unless_optimized",
        target_under_test = ":default_kernel",
        mnemonic = "LinuxkitKernel",
        words = ["--compression=zstd", "--level=1"],
    )
    fastbuild_level_command_line_test(
        name = "a_level_that_is_set_holds_in_every_mode",
        target_under_test = ":default_kernel",
        mnemonic = "LinuxkitKernel",
        words = ["--compression=zstd", "--level=7"],
    )
    fastbuild_uncompressed_command_line_test(
        name = "without_compression_there_is_no_level",
        target_under_test = ":default_kernel",
        mnemonic = "LinuxkitKernel",
        words = ["--compression=none", "--level=0"],
    )
    command_line_test(
        name = "a_kernel_has_an_empty_command_line_by_default",
        target_under_test = ":default_kernel",
        mnemonic = "LinuxkitCmdline",
        words = ["--cmdline="],
    )
    linuxkit_kernel(
        name = "kernel_of_files",
        architecture = "amd64",
        cmdline = "console=ttyS0 quiet",
        config = "x.txt",
        decompress = True,
        module_names = ["ext4", "overlay"],
        modules = ["x.txt"],
        modules_prefix = "usr/lib/modules",
        tags = ["manual"],
        ucode_amd = ["x.txt"],
        ucode_intel = ["x.txt", "BUILD.bazel"],
        vmlinuz = "x.txt",
    )
    command_line_test(
        name = "a_kernel_of_files_gets_all_its_flags",
        target_under_test = ":kernel_of_files",
        mnemonic = "LinuxkitKernel",
        words = [
            "--vmlinuz=tests/analysis/x.txt",
            "--modules=tests/analysis/x.txt",
            "--modules_prefix=usr/lib/modules",
            "--module=ext4",
            "--module=overlay",
            "--decompress",
            "--config=tests/analysis/x.txt",
            "--architecture=amd64",
            "--ucode_intel=tests/analysis/x.txt",
            "--ucode_intel=tests/analysis/BUILD.bazel",
            "--ucode_amd=tests/analysis/x.txt",
        ],
    )
    linuxkit_kernel(name = "kernel_of_an_image", image = ":failures_image", tags = ["manual"], ucode = "x.txt")
    command_line_test(
        name = "a_kernel_of_an_image_has_default_names",
        target_under_test = ":kernel_of_an_image",
        mnemonic = "LinuxkitKernel",
        words = ["--binary=kernel", "--tar=kernel.tar", "--ucode_name=", "--ucode=tests/analysis/x.txt"],
        absent = ["--vmlinuz=", "--deb="],
    )
    return [
        "a_kernel_has_an_empty_command_line_by_default",
        "a_kernel_has_defaults",
        "a_kernel_of_an_image_has_default_names",
        "a_kernel_of_files_gets_all_its_flags",
        "a_level_that_is_set_holds_in_every_mode",
        "a_segment_is_compressed_fast_unless_optimized",
        "without_compression_there_is_no_level",
    ]

# The segments of the system below.
_ALL_SECTIONS = [
    "failures_image.linuxkit.init.cpio",
    "default_kernel.cpio",
    "all_sections.volumes.first_volume.cpio",
    "failures_image.linuxkit.container.cpio",
    "all_sections.onboot.setup.cpio",
    "all_sections.onboot.twice.cpio",
    "all_sections.onshutdown.last.cpio",
    "all_sections.services.one.cpio",
]

def _section_tests():
    linuxkit_init(name = "base", image = ":failures_image", tags = ["manual"])
    linuxkit_onboot(name = "setup", image = ":failures_image", tags = ["manual"])
    linuxkit_onboot(name = "twice", container_name = "setup", image = ":failures_image", tags = ["manual"])
    linuxkit_onshutdown(name = "last", image = ":failures_image", tags = ["manual"])
    linuxkit_image(
        name = "all_sections",
        init = [":base"],
        kernel = ":default_kernel",
        onboot = [":setup", ":twice"],
        onshutdown = [":last"],
        services = [":one"],
        tags = ["manual"],
        volumes = [":first_volume"],
    )
    for kind, title, path in [
        ("onboot", "setup", "onboot/000-setup"),
        ("onboot", "twice", "onboot/001-setup"),
        ("onshutdown", "last", "onshutdown/000-last"),
        ("services", "one", "services/same"),
    ]:
        command_line_test(
            name = "path_of_{}_{}".format(kind, title),
            target_under_test = ":all_sections.{}.{}".format(kind, title),
            mnemonic = "LinuxkitBundle",
            words = ["--path=containers/" + path],
            absent = ["--volume="],
        )
    linuxkit_onboot(name = "binding", binds = ["/a:/b", "data:/c"], image = ":failures_image", tags = ["manual"])
    linuxkit_onboot(
        name = "mounting",
        image = ":failures_image",
        mounts = [{"type": "bind", "source": "data", "destination": "/d"}],
        tags = ["manual"],
    )
    linuxkit_onboot(name = "mistaken", binds_add = ["date:/c"], image = ":failures_image", tags = ["manual"])
    linuxkit_volume(name = "other_volume", tags = ["manual"], volume_name = "other")
    linuxkit_image(
        name = "bound_volumes",
        init = [":base"],
        kernel = ":default_kernel",
        onboot = [":binding", ":mounting", ":mistaken"],
        tags = ["manual"],
        volumes = [":first_volume", ":other_volume"],
    )
    for title, words, absent in [
        ("binding", ["--volume=data"], ["--volume=other"]),
        ("mounting", ["--volume=data"], ["--volume=other"]),
        ("mistaken", ["--volume=data", "--volume=other"], []),
    ]:
        command_line_test(
            name = "volumes_of_a_bundle_that_is_" + title,
            target_under_test = ":bound_volumes.onboot." + title,
            mnemonic = "LinuxkitBundle",
            words = words,
            absent = absent,
        )
    _order_test(
        name = "sections_stand_in_the_order_of_unpacking",
        target_under_test = ":all_sections",
        segments = _ALL_SECTIONS,
    )
    linuxkit_init(name = "between", image = ":words_image", tags = ["manual"])
    linuxkit_image(name = "init_again", init = [":base", ":between", ":base"], kernel = None, tags = ["manual"])
    _order_test(
        name = "an_init_image_stands_as_often_as_it_is_listed",
        target_under_test = ":init_again",
        segments = ["failures_image.linuxkit.init.cpio", "words_image.linuxkit.init.cpio", "failures_image.linuxkit.init.cpio"],
    )
    linuxkit_boot_test(name = "default_boot_test", image = ":all_sections", tags = ["manual"])
    _written_test(
        name = "a_boot_test_without_attributes_waits_for_the_guest",
        target_under_test = ":default_boot_test",
        json = json.encode({
            "kernel": "tests/analysis/all_sections-kernel",
            "initrd": "tests/analysis/all_sections-initrd.img",
            "cmdline": "tests/analysis/all_sections-cmdline",
            "initrd_info": "tests/analysis/all_sections-initrd.info",
            "accel": "auto",
            "cpus": 1,
            "kernel_args": [],
            "channel": "guest",
            "deadline_scale": 1.0,
            "allow_failed": [],
            "expect": [],
            "forbid": [],
            "ports": [],
            "commands": [],
        }),
    )
    linuxkit_boot_test(name = "kvm_boot_test", image = ":all_sections", accel = "kvm", tags = ["manual"])
    _accel_under_tcg_test(name = "accel_of_a_boot_test_is_the_setting", target_under_test = ":default_boot_test", accel = "tcg")
    _accel_under_tcg_test(name = "accel_of_a_boot_test_is_its_own", target_under_test = ":kvm_boot_test", accel = "kvm")
    return [
        "a_boot_test_without_attributes_waits_for_the_guest",
        "accel_of_a_boot_test_is_its_own",
        "accel_of_a_boot_test_is_the_setting",
        "path_of_onboot_setup",
        "path_of_onboot_twice",
        "path_of_onshutdown_last",
        "path_of_services_one",
        "volumes_of_a_bundle_that_is_binding",
        "volumes_of_a_bundle_that_is_mistaken",
        "volumes_of_a_bundle_that_is_mounting",
        "sections_stand_in_the_order_of_unpacking",
        "an_init_image_stands_as_often_as_it_is_listed",
    ]

def _form_tests():
    """Of the system that _section_tests declares."""
    forms = {
        "docker": (linuxkit_docker, "LinuxkitTar", ["--form=docker"]),
        "erofs": (linuxkit_erofs, "LinuxkitRootfs", ["--format=erofs", "--compression=lz4", "--block_size=0"]),
        "kernel_iso": (linuxkit_kernel_iso, "LinuxkitRootIso", []),
        "squashfs": (linuxkit_squashfs, "LinuxkitRootfs", ["--format=squashfs", "--compression=gzip", "--block_size=0"]),
        "tar": (linuxkit_tar, "LinuxkitTar", ["--form=tar"]),
    }
    tests = []
    for form, (rule, mnemonic, words) in forms.items():
        rule(name = "form_" + form, image = ":all_sections", tags = ["manual"])
        tests += [form + "_has_defaults", form + "_has_all_segments"]
        command_line_test(
            name = form + "_has_defaults",
            target_under_test = ":form_" + form,
            mnemonic = mnemonic,
            words = words,
        )
        _order_test(
            name = form + "_has_all_segments",
            target_under_test = ":form_" + form,
            segments = _ALL_SECTIONS,
        )
    linuxkit_tar_kernel_initrd(name = "form_tar_kernel_initrd", image = ":all_sections", tags = ["manual"])
    command_line_test(
        name = "tar_kernel_initrd_has_no_segments",
        target_under_test = ":form_tar_kernel_initrd",
        mnemonic = "LinuxkitTar",
        words = ["--form=tar-kernel-initrd"],
        prefixes = ["--kernel=", "--initrd=", "--cmdline="],
        absent = ["--segment=", "--ucode="],
    )
    linuxkit_tar(name = "form_without_kernel", image = ":ids", tags = ["manual"])
    command_line_test(
        name = "tar_without_kernel_has_no_boot_files",
        target_under_test = ":form_without_kernel",
        mnemonic = "LinuxkitTar",
        absent = ["--kernel=", "--cmdline=", "--ucode="],
    )
    return tests + ["tar_kernel_initrd_has_no_segments", "tar_without_kernel_has_no_boot_files"]

def _uki_tests():
    linuxkit_secure_boot_key(name = "key_at_hand", certificate = "x.txt", key = "BUILD.bazel", tags = ["manual"])
    linuxkit_secure_boot_key(name = "key_elsewhere", certificate = "x.txt", tags = ["manual"])
    linuxkit_uki(name = "unsigned_uki", image = ":all_sections", stub = "x.txt", tags = ["manual"])
    actions_test(
        name = "a_uki_is_made_and_measured_apart",
        target_under_test = ":unsigned_uki",
        mnemonics = ["FileWrite", "LinuxkitPcr", "LinuxkitUki"],
    )
    command_line_test(
        name = "a_uki_has_kernel_initrd_and_command_line",
        target_under_test = ":unsigned_uki",
        mnemonic = "LinuxkitUki",
        words = ["--stub=tests/analysis/x.txt"],
        prefixes = ["--kernel=", "--initrd=", "--cmdline=", "--os_release=", "--output="],
        absent = ["--ucode=", "--dtb=", "--sbat=", "--splash=", "--pcr_output="],
    )
    linuxkit_uki(
        name = "signed_uki",
        dtb = "x.txt",
        image = ":all_sections",
        os_release = "x.txt",
        sbat = "x.txt",
        secure_boot = ":key_at_hand",
        splash = "x.txt",
        stub = "x.txt",
        tags = ["manual"],
    )
    actions_test(
        name = "signing_is_an_action_of_its_own",
        target_under_test = ":signed_uki",
        mnemonics = ["LinuxkitPcr", "LinuxkitSign", "LinuxkitSignRequest", "LinuxkitUki"],
    )
    command_line_test(
        name = "the_key_is_for_signing_alone",
        target_under_test = ":signed_uki",
        mnemonic = "LinuxkitUki",
        words = ["--{}=tests/analysis/x.txt".format(flag) for flag in ["dtb", "os_release", "sbat", "splash"]] + ["--sealed"],
        absent = ["--key=", "--certificate="],
    )
    command_line_test(
        name = "what_is_measured_is_sealed_too",
        target_under_test = ":signed_uki",
        mnemonic = "LinuxkitPcr",
        words = ["--sealed"],
    )
    command_line_test(
        name = "a_key_at_hand_signs",
        target_under_test = ":signed_uki",
        mnemonic = "LinuxkitSign",
        words = ["--certificate=tests/analysis/x.txt", "--key=tests/analysis/BUILD.bazel"],
        absent = ["--signature="],
    )
    linuxkit_uki(
        name = "uki_signed_elsewhere",
        image = ":all_sections",
        secure_boot = ":key_elsewhere",
        signature = "BUILD.bazel",
        stub = "x.txt",
        tags = ["manual"],
    )
    command_line_test(
        name = "a_signature_from_elsewhere_is_imported",
        target_under_test = ":uki_signed_elsewhere",
        mnemonic = "LinuxkitSign",
        words = ["--certificate=tests/analysis/x.txt", "--signature=tests/analysis/BUILD.bazel"],
        absent = ["--key="],
    )
    return [
        "a_key_at_hand_signs",
        "a_signature_from_elsewhere_is_imported",
        "a_uki_has_kernel_initrd_and_command_line",
        "a_uki_is_made_and_measured_apart",
        "signing_is_an_action_of_its_own",
        "the_key_is_for_signing_alone",
        "what_is_measured_is_sealed_too",
    ]

def _image_tests():
    archive = "tests/analysis/x.txt"
    linuxkit_service(name = "of_a_file", image = "x.txt", tags = ["manual"])
    linuxkit_service(name = "of_the_same_file", image = "x.txt", tags = ["manual"])
    linuxkit_image(name = "of_files", init = [], kernel = None, services = [":of_a_file", ":of_the_same_file"], tags = ["manual"])

    # No aspect gets to a file.
    actions_test(
        name = "an_image_may_be_a_file",
        target_under_test = ":of_a_file",
        mnemonics = ["FileWrite", "LinuxkitImport", "LinuxkitSegment", "LinuxkitSegment", "LinuxkitSpec"],
    )
    command_line_test(
        name = "messages_name_the_file_as_users_do",
        target_under_test = ":of_a_file",
        mnemonic = "LinuxkitImport",
        words = ["--archive=" + archive, "--label=//tests/analysis:x.txt"],
        absent = ["--choose="],
    )
    _count_test(name = "a_system_has_the_content_of_a_file_once", target_under_test = ":of_files", services = 2)

    linuxkit_oci_image(name = "chosen", src = "x.txt", reference = "b:1", tags = ["manual"])
    linuxkit_volume(name = "chosen_layout", format = "oci", image = ":chosen", tags = ["manual"])
    linuxkit_image(name = "of_chosen", init = [], kernel = None, tags = ["manual"], volumes = [":chosen_layout"])
    command_line_test(
        name = "a_layout_is_of_the_chosen_image",
        target_under_test = ":of_chosen.volumes.chosen_layout",
        mnemonic = "LinuxkitVolume",
        words = ["--archive=" + archive, "--choose=b:1", "--image=//tests/analysis:chosen"],
    )

    linuxkit_package(name = "on_chosen", base = ":chosen", files = {"x": "x.txt"}, tags = ["manual"])
    linuxkit_package(name = "on_package", base = ":on_chosen", files = {"x": "x.txt"}, tags = ["manual"])
    command_line_test(
        name = "a_package_is_on_top_of_its_base",
        target_under_test = ":on_chosen",
        mnemonic = "LinuxkitPackage",
        words = ["--base_archive=" + archive, "--base_choose=b:1", "--base_label=//tests/analysis:chosen"],
        absent = ["--base_manifest="],
    )
    command_line_test(
        name = "a_layer_on_top_leaves_directories_to_its_base",
        target_under_test = ":on_chosen",
        mnemonic = "LinuxkitLayer",
        words = ["--on_top"],
    )
    command_line_test(
        name = "a_layer_without_base_has_all_directories",
        target_under_test = ":failures_image",
        mnemonic = "LinuxkitLayer",
        absent = ["--on_top"],
    )
    command_line_test(
        name = "a_package_on_a_package_needs_its_documents_alone",
        target_under_test = ":on_package",
        mnemonic = "LinuxkitPackage",
        prefixes = ["--base_manifest=", "--base_config="],
        absent = ["--base_archive=", "--base_choose="],
    )
    command_line_test(
        name = "a_layout_takes_the_base_from_where_it_is",
        target_under_test = ":on_package",
        mnemonic = "LinuxkitLayout",
        words = ["--archive=" + archive, "--choose=b:1", "--platform=linux/amd64"],
        prefixes = ["--layer="],
    )
    return [
        "an_image_may_be_a_file",
        "messages_name_the_file_as_users_do",
        "a_system_has_the_content_of_a_file_once",
        "a_layout_is_of_the_chosen_image",
        "a_package_is_on_top_of_its_base",
        "a_layer_on_top_leaves_directories_to_its_base",
        "a_layer_without_base_has_all_directories",
        "a_package_on_a_package_needs_its_documents_alone",
        "a_layout_takes_the_base_from_where_it_is",
    ]

def graph_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    actions_test(
        name = "a_service_checks_its_entry_and_nothing_else",
        target_under_test = ":one",
        mnemonics = ["FileWrite", "LinuxkitSpec"],
    )
    linuxkit_service(name = "by_number", image = ":failures_image", gid = 7, tags = ["manual"], uid = 7)
    linuxkit_service(name = "by_name", image = ":failures_image", gid = "root", tags = ["manual"], uid = "by_number")
    linuxkit_image(name = "ids", init = [], kernel = None, services = [":by_number", ":by_name"], tags = ["manual"])
    command_line_test(
        name = "a_bundle_gets_the_ids_it_names",
        target_under_test = ":ids.services.by_name",
        mnemonic = "LinuxkitBundle",
        words = ["--id=by_number=100", "--path=containers/services/by_name"],
    )
    command_line_test(
        name = "a_bundle_gets_no_ids_it_does_not_name",
        target_under_test = ":ids.services.by_number",
        mnemonic = "LinuxkitBundle",
        absent = ["--id="],
    )
    linuxkit_service(name = "of_setup", image = ":failures_image", tags = ["manual"], uid = "setup")
    linuxkit_image(name = "equal_names", init = [], kernel = None, onboot = [":setup", ":twice"], services = [":of_setup"], tags = ["manual"])
    command_line_test(
        name = "the_last_of_equal_names_gives_the_id",
        target_under_test = ":equal_names.services.of_setup",
        mnemonic = "LinuxkitBundle",
        words = ["--id=setup=101"],
    )
    linuxkit_volume(name = "arm", format = "oci", image = ":locked_app.index", platforms = ["linux/arm"], tags = ["manual"])
    linuxkit_volume(name = "built", format = "oci", image = ":failures_image", tags = ["manual"])
    linuxkit_image(name = "layouts", init = [], kernel = None, volumes = [":arm", ":built"], tags = ["manual"])
    command_line_test(
        name = "a_layout_has_the_blobs_of_its_platforms",
        target_under_test = ":layouts.volumes.arm",
        mnemonic = "LinuxkitVolume",
        words = ["--reference=docker.io/library/app:1"],
        prefixes = ["--image_index=", "--blob=sha256:v7=", "--blob=sha256:shared=", "--blob=sha256:config_v7=", "--blob=sha256:manifest_v7="],
        absent = ["--blob=sha256:amd64=", "--blob=sha256:manifest_amd64=", "--layer=", "--manifest="],
    )
    command_line_test(
        name = "a_layout_of_a_built_image_has_its_parts",
        target_under_test = ":layouts.volumes.built",
        mnemonic = "LinuxkitVolume",
        words = ["--reference=tests/analysis:failures_image"],
        prefixes = ["--manifest=", "--config=", "--layer="],
        absent = ["--blob=", "--image_index="],
    )
    actions_test(
        name = "a_layout_unpacks_nothing",
        target_under_test = ":layouts.volumes.built",
        mnemonics = ["LinuxkitVolume"],
    )
    tests = _entry_tests() + _kernel_tests() + _section_tests() + _form_tests() + _uki_tests() + _image_tests() + [
        "a_layout_has_the_blobs_of_its_platforms",
        "a_layout_of_a_built_image_has_its_parts",
        "a_layout_unpacks_nothing",
        "a_bundle_gets_no_ids_it_does_not_name",
        "a_bundle_gets_the_ids_it_names",
        "a_service_checks_its_entry_and_nothing_else",
        "the_last_of_equal_names_gives_the_id",
    ]
    for count in [1, 10, 100]:
        services = []
        for i in range(count):
            services.append("many_{}_{}".format(count, i))
            linuxkit_service(name = services[-1], image = ":failures_image", tags = ["manual"])
        linuxkit_image(name = "many_{}".format(count), init = [], kernel = None, services = services, tags = ["manual"])
        test = "{}_services_share_their_image".format(count)
        _count_test(name = test, target_under_test = ":many_{}".format(count), services = count)
        tests.append(test)
    native.test_suite(name = name, tests = tests)
