"""Mistakes that must be found at analysis, each with its full message."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "linuxkit_files", "linuxkit_image", "linuxkit_kernel", "linuxkit_package", "linuxkit_service", "linuxkit_volume")

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_test_impl,
    expect_failure = True,
    attrs = {"message": attr.string(mandatory = True)},
)

# Test name -> (fields of a service, message).
_SERVICE_FAILURES = {
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
    "name_escapes": (
        dict(container_name = "../esc"),
        "container_name: found \"../esc\"; expected a name that stays in the section's directory: not empty, no leading \"/\", " +
        "no \"..\".",
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
    "tmpfs_with_two_colons": (
        dict(tmpfs = ["/run:a:b"]),
        "tmpfs: found \"/run:a:b\"; expected \"DESTINATION\" or \"DESTINATION:OPTION,...\".",
    ),
}

def failure_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    tests = []

    def expect(test, target, message):
        _failure_test(name = test, target_under_test = target, message = message)
        tests.append(test)

    linuxkit_package(name = "failures_image", command = ["/x"], files = {"x": "x.txt"}, tags = ["manual"])
    for test, (fields, message) in _SERVICE_FAILURES.items():
        subject = test + "_subject"
        linuxkit_service(name = subject, image = ":failures_image", tags = ["manual"], **fields)
        expect(test, subject, message)

    linuxkit_service(name = "one", container_name = "same", image = ":failures_image", tags = ["manual"])
    linuxkit_service(name = "other", container_name = "same", image = ":failures_image", tags = ["manual"])
    linuxkit_image(name = "duplicates", services = [":one", ":other"], tags = ["manual"])
    expect("duplicate_service_name", "duplicates.names", "duplicate service name: same")

    linuxkit_volume(name = "first_volume", volume_name = "data", tags = ["manual"])
    linuxkit_volume(name = "second_volume", volume_name = "data", tags = ["manual"])
    linuxkit_image(name = "duplicate_volumes", volumes = [":first_volume", ":second_volume"], tags = ["manual"])
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
    expect("volume_of_an_image_locked_without_index", "no_index", "docker.io/library/alone:1: the lock file has no index of this " +
                                                                  "image. Run: bazel run @linuxkit//:lock")

    linuxkit_service(name = "service_of_an_index", image = ":locked_app.index", tags = ["manual"])
    expect("index_as_an_image", "service_of_an_index", "found an image with all its platforms, which only " +
                                                       "linuxkit_volume(format = \"oci\") takes; expected locked_app.")

    linuxkit_image(name = "wrong_section", onboot = [":one"], tags = ["manual"])
    expect("service_as_onboot", "wrong_section.onboot.one", "is an entry of services; expected one of onboot.")

    linuxkit_kernel(name = "no_kernel", tags = ["manual"])
    expect("kernel_without_source", "no_kernel", "found no kernel; expected one of the attributes image, vmlinuz and debs.")

    linuxkit_kernel(name = "two_kernels", image = ":failures_image", vmlinuz = "x.txt", tags = ["manual"])
    expect("kernel_with_two_sources", "two_kernels", "image: found beside vmlinuz, debs or modules; expected either an image or files.")

    linuxkit_service(name = "not_an_image_subject", image = ":two_files", tags = ["manual"])
    native.filegroup(name = "two_files", srcs = ["x.txt", "BUILD.bazel"], tags = ["manual"])
    expect("not_an_image", "not_an_image_subject", "found 2 files; expected an image: a target with OciImageInfo, an OCI layout " +
                                                   "directory, or an OCI or docker archive.")

    linuxkit_files(name = "two_sources_subject", files = [{"path": "x", "source": ":two_files"}], tags = ["manual"])
    expect("files_source_with_two_files", "two_sources_subject", "files: source \":two_files\": found 2 files; expected one.")

    native.test_suite(name = name, tests = tests)
