"""Mistakes that must be found at analysis, each with its full message."""

load("//rules:defs.bzl", "linuxkit_boot_test", "linuxkit_files", "linuxkit_image", "linuxkit_kernel", "linuxkit_oci_image", "linuxkit_package", "linuxkit_service", "linuxkit_uki", "linuxkit_volume")
load(":asserts.bzl", "failure_test")

def _program_of_two_files_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    data = ctx.actions.declare_file(ctx.label.name + ".data")
    ctx.actions.write(program, "", is_executable = True)
    ctx.actions.write(data, "")
    return [DefaultInfo(files = depset([program, data]), executable = program)]

_program_of_two_files = rule(implementation = _program_of_two_files_impl, executable = True)

_NAME = "a name that runc takes: letters, digits, \"_\", \"+\", \"-\" and \".\" alone, such as \"my-service\"."

# Test name -> (fields of a service, message).
_SERVICE_FAILURES = {
    "ambient_unknown": (
        dict(ambient = ["CAP_NET_ADMN"]),
        "ambient: found \"CAP_NET_ADMN\"; expected a capability such as \"CAP_NET_ADMIN\", or \"all\" or \"none\" as the only element.",
    ),
    "bind_without_destination": (
        dict(binds = ["/etc/hosts"]),
        "binds: found \"/etc/hosts\"; expected \"SOURCE:DESTINATION\" or \"SOURCE:DESTINATION:OPTION,...\".",
    ),
    "bind_with_too_many_parts": (
        dict(binds_add = ["/a:/b:ro:x"]),
        "binds_add: found \"/a:/b:ro:x\"; expected \"SOURCE:DESTINATION\" or \"SOURCE:DESTINATION:OPTION,...\".",
    ),
    "capability_without_prefix": (
        dict(capabilities = ["net_admin"]),
        "capabilities: found \"net_admin\"; expected a capability such as \"CAP_NET_ADMIN\", or \"all\" or \"none\" as the only " +
        "element, did you mean \"CAP_NET_ADMIN\"?.",
    ),
    "capability_all_among_others": (
        dict(capabilities = ["CAP_KILL", "all"]),
        "capabilities: found \"all\"; expected a capability such as \"CAP_NET_ADMIN\", or \"all\" or \"none\" as the only element.",
    ),
    "capabilities_add_none_among_others": (
        dict(capabilities_add = ["none", "CAP_KILL"]),
        "capabilities_add: found \"none\"; expected a capability such as \"CAP_NET_ADMIN\", or \"all\" or \"none\" as the only element.",
    ),
    "bind_to_a_relative_destination": (
        dict(binds = ["/etc/hosts:/etc/hosts", "/data:data:ro"]),
        "binds: found \"/data:data:ro\"; expected an absolute path as the destination, such as \"/data\".",
    ),
    "cwd_relative": (
        dict(cwd = "srv"),
        "cwd: found \"srv\"; expected an absolute path such as \"/srv\".",
    ),
    "env_without_value": (
        dict(env = ["A=1", "DEBUG"]),
        "env: found \"DEBUG\"; expected \"NAME=VALUE\".",
    ),
    "env_without_name": (
        dict(env = {"": "1"}),
        "env: found \"=1\"; expected \"NAME=VALUE\".",
    ),
    "gids_negative": (
        dict(additional_gids = [5, -1]),
        "additional_gids: found -1; expected a number from 0 to 4294967294.",
    ),
    "name_absolute": (
        dict(container_name = "/web"),
        "container_name: found \"/web\"; expected " + _NAME,
    ),
    "name_escapes": (
        dict(container_name = ".."),
        "container_name: found \"..\"; expected " + _NAME,
    ),
    "name_with_a_colon": (
        dict(container_name = "my:service"),
        "container_name: found \"my:service\"; expected " + _NAME,
    ),
    "name_with_a_line_break": (
        dict(container_name = "a\n--level=9"),
        "container_name: found \"a\n--level=9\"; expected " + _NAME,
    ),
    "name_with_a_space": (
        dict(container_name = "my service"),
        "container_name: found \"my service\"; expected " + _NAME,
    ),
    "name_with_an_umlaut": (
        dict(container_name = "dienst-ü"),
        "container_name: found \"dienst-ü\"; expected " + _NAME,
    ),
    "rlimit_unknown": (
        dict(rlimits = ["files,1,2"]),
        "rlimits: found \"files,1,2\"; expected one of the limits cpu fsize data stack core rss nproc nofile memlock as locks " +
        "sigpending msgqueue nice rtprio rttime.",
    ),
    "rlimit_without_hard_limit": (
        dict(rlimits = ["nofile,1024"]),
        "rlimits: found \"nofile,1024\"; expected \"NAME,SOFT,HARD\".",
    ),
    "rlimit_not_a_number": (
        dict(rlimits = ["nofile,many,unlimited"]),
        "rlimits: found \"nofile,many,unlimited\"; expected numbers or \"unlimited\" as soft and hard limit.",
    ),
    "tmpfs_on_a_relative_destination": (
        dict(tmpfs = ["run:mode=755"]),
        "tmpfs: found \"run:mode=755\"; expected an absolute path as the destination, such as \"/run\".",
    ),
    "tmpfs_with_two_colons": (
        dict(tmpfs = ["/run:a:b"]),
        "tmpfs: found \"/run:a:b\"; expected \"DESTINATION\" or \"DESTINATION:OPTION,...\".",
    ),
    "uid_negative": (
        dict(uid = -1),
        "uid: found -1; expected a number from 0 to 4294967294.",
    ),
}

# Test name -> (attributes of a kernel, message).
_KERNEL_FAILURES = {
    "kernel_microcode_archive_and_files": (
        dict(vmlinuz = "x.txt", ucode = "x.txt", ucode_amd = ["x.txt"]),
        "ucode: found beside ucode_intel or ucode_amd; expected an archive or the vendors' blobs.",
    ),
    "kernel_microcode_of_image_and_files": (
        dict(image = ":failures_image", ucode_name = "ucode.cpio", ucode_intel = ["x.txt"]),
        "ucode_name: found beside ucode, ucode_intel or ucode_amd; expected one source of microcode.",
    ),
    "kernel_microcode_of_no_image": (
        dict(vmlinuz = "x.txt", ucode_name = "ucode.cpio"),
        "ucode_name: found without image; expected the attributes ucode, ucode_intel or ucode_amd beside files.",
    ),
    "kernel_modules_alone": (
        dict(modules = ["x.txt"]),
        "found no kernel; expected one of the attributes image, vmlinuz and debs.",
    ),
    "kernel_with_two_sources": (
        dict(image = ":failures_image", vmlinuz = "x.txt"),
        "image: found beside vmlinuz, debs or modules; expected either an image or files.",
    ),
    "kernel_without_source": (
        dict(),
        "found no kernel; expected one of the attributes image, vmlinuz and debs.",
    ),
}

# Test name -> (attributes of a UKI, message).
_UKI_FAILURES = {
    "uki_without_kernel": (
        dict(image = ":without_kernel"),
        "has no kernel; expected a linuxkit_image with one.",
    ),
    "uki_signature_beside_a_key": (
        dict(image = ":all_sections", secure_boot = ":key_at_hand", signature = "x.txt"),
        "signature: found beside a key in secure_boot; expected a linuxkit_secure_boot_key without key.",
    ),
    "uki_signature_without_certificate": (
        dict(image = ":all_sections", signature = "x.txt"),
        "signature: found without secure_boot; expected the linuxkit_secure_boot_key with the signer's certificate.",
    ),
}

def failure_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    tests = []

    def expect(test, target, message):
        failure_test(name = test, target_under_test = target, message = message)
        tests.append(test)

    linuxkit_package(name = "failures_image", command = ["/x"], files = {"x": "x.txt"}, tags = ["manual"])
    for test, (fields, message) in _SERVICE_FAILURES.items():
        subject = test + "_subject"
        linuxkit_service(name = subject, image = ":failures_image", tags = ["manual"], **fields)
        expect(test, subject, message)

    linuxkit_service(name = "one", container_name = "same", image = ":failures_image", tags = ["manual"])
    linuxkit_service(name = "other", container_name = "same", image = ":failures_image", tags = ["manual"])
    linuxkit_image(name = "duplicates", init = [], kernel = None, services = [":one", ":other"], tags = ["manual"])
    expect("duplicate_service_name", "duplicates.names", "duplicate service name: same")

    linuxkit_volume(name = "first_volume", volume_name = "data", tags = ["manual"])
    linuxkit_volume(name = "second_volume", volume_name = "data", tags = ["manual"])
    linuxkit_image(name = "duplicate_volumes", init = [], kernel = None, volumes = [":first_volume", ":second_volume"], tags = ["manual"])
    expect("duplicate_volume_name", "duplicate_volumes.names", "duplicate volume name: data")

    linuxkit_volume(name = "bad_volume", volume_name = "Data", tags = ["manual"])
    expect("volume_name", "bad_volume", "invalid volume name: found \"Data\"; expected only a-z, 0-9, \"_\" and \"-\".")

    linuxkit_volume(name = "bad_platform", format = "oci", platforms = ["linux/arm64/v8/x"], tags = ["manual"])
    expect("volume_platform", "bad_platform", "platforms: found \"linux/arm64/v8/x\"; expected \"OS/ARCHITECTURE\" or " +
                                              "\"OS/ARCHITECTURE/VARIANT\", such as \"linux/arm64/v8\".")

    linuxkit_volume(name = "platforms_of_files", image = ":failures_image", platforms = ["linux/amd64"], tags = ["manual"])
    expect("volume_platforms_without_oci", "platforms_of_files", "platforms: found with format \"filesystem\"; expected them with " +
                                                                 "format \"oci\" alone.")

    linuxkit_volume(name = "no_index", format = "oci", image = ":locked_alone.index", tags = ["manual"])
    expect("volume_of_an_image_locked_without_index", "no_index", "docker.io/library/alone:1: found no index of this image in the " +
                                                                  "lock file; expected one for a volume with format oci. Run: " +
                                                                  "bazel run @linuxkit//:lock; an image that no YAML file names " +
                                                                  "needs linuxkit.image(reference = \"…\", format = \"oci\") in " +
                                                                  "MODULE.bazel.")

    linuxkit_service(name = "service_of_an_index", image = ":locked_app.index", tags = ["manual"])
    expect("index_as_an_image", "service_of_an_index", "found an image with all its platforms, which only " +
                                                       "linuxkit_volume(format = \"oci\") takes; expected locked_app.")

    linuxkit_image(name = "wrong_section", init = [], kernel = None, onboot = [":one"], tags = ["manual"])
    expect("service_as_onboot", "wrong_section.onboot.one", "is an entry of services; expected one of onboot.")

    for test, (attributes, message) in _KERNEL_FAILURES.items():
        linuxkit_kernel(name = test + "_subject", tags = ["manual"], **attributes)
        expect(test, test + "_subject", message)

    linuxkit_boot_test(name = "boot_of_no_kernel", image = ":without_kernel", tags = ["manual"])
    linuxkit_image(name = "without_kernel", init = [], kernel = None, services = [":one"], tags = ["manual"])
    expect("boot_test_without_kernel", "boot_of_no_kernel", "has no kernel; expected a linuxkit_image with one.")

    for test, (attributes, message) in _UKI_FAILURES.items():
        linuxkit_uki(name = test + "_subject", stub = "x.txt", tags = ["manual"], **attributes)
        expect(test, test + "_subject", message)

    linuxkit_service(name = "not_an_image_subject", image = ":two_files", tags = ["manual"])
    native.filegroup(name = "two_files", srcs = ["x.txt", "BUILD.bazel"], tags = ["manual"])
    expect("not_an_image", "not_an_image_subject", "found 2 files; expected an image: a target with OciImageInfo, an OCI layout " +
                                                   "directory, or an OCI or docker archive.")

    # Whether a single file is a program, the tool sees.
    _program_of_two_files(name = "program", tags = ["manual"])
    linuxkit_service(name = "program_subject", image = ":program", tags = ["manual"])
    expect("program_as_an_image", "program_subject", "//tests/analysis:program: found a program of 2 files; expected an image: a target " +
                                                     "with OciImageInfo, an OCI layout directory, or an OCI or docker archive. Wrap it: " +
                                                     "linuxkit_package(files = …, tars = …, command = […]).")

    linuxkit_oci_image(name = "oci_image_subject", src = ":failures_image", tags = ["manual"])
    expect("oci_image_of_a_single_image", "oci_image_subject", "//tests/analysis:failures_image: found a single image; expected an OCI " +
                                                               "layout directory, or an OCI or docker archive. Use it as it is.")

    linuxkit_files(name = "two_sources_subject", files = [{"path": "x", "source": ":two_files"}], tags = ["manual"])
    expect("files_source_with_two_files", "two_sources_subject", "files: source \":two_files\": found 2 files; expected one.")

    native.test_suite(name = name, tests = tests)
