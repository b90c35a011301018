"""Systems from YAML: the graph of one whose lock is up to date, and what the targets of the others say."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules:hub.bzl", "locked_linuxkit_image")

# buildifier: disable=bzl-visibility
load("//rules/private:config.bzl", "entry_file_names")
load(":asserts.bzl", "failure_test")

_COMMAND = "bazel run @linuxkit//:lock"

def _image(label):
    return {"text": label, "label": label}

_CONFIG = {
    "config": "//tests/analysis:x.txt",
    "kernel": {"image": _image("//tests/analysis:failures_image")},
    "onboot": [
        {"name": "mount", "image": _image("//tests/analysis:failures_image")},
        {"name": "mount", "image": _image("//tests/analysis:failures_image")},
    ],
    "services": [
        {"name": "web", "image": _image("//tests/analysis:failures_image")},
        {"name": "db", "image": _image("//tests/analysis:failures_image")},
    ],
}

def _lock(config = _CONFIG, **fields):
    known = {
        "name": "//tests/analysis:linuxkit.lock.json",
        "command": _COMMAND,
        "problem": None,
        "configs": {"//tests/analysis:x.txt": config},
        "missing_packages": [],
        "images": {},
    }
    return struct(**(known | fields))

def _entry_file_names_test_impl(ctx):
    env = unittest.begin(ctx)
    names = ["web", "Web", "web", "web+1", "a/b", "a b", "..", "\303\251", "x" * 300]
    asserts.equals(
        env,
        [
            "services.web.pb",
            "services.Web+1.pb",
            "services.web+2.pb",
            "services.web_1.pb",
            "services.a_b.pb",
            "services.a_b+1.pb",
            "services....pb",
            "services.__.pb",
            "services." + "x" * 100 + ".pb",
        ],
        entry_file_names("services", [{"name": name} for name in names]),
    )
    return unittest.end(env)

_entry_file_names_test = unittest.make(_entry_file_names_test_impl)

def _outputs_test_impl(ctx):
    env = analysistest.begin(ctx)
    words = [arg for action in analysistest.target_actions(env) for arg in action.argv or []]
    found = [word.split("=")[0] + "=" + word.split("/")[-1] for word in words if word.startswith("--onboot=") or word.startswith("--services=")]
    asserts.equals(env, ctx.attr.outputs, found)
    return analysistest.end(env)

_outputs_test = analysistest.make(_outputs_test_impl, attrs = {"outputs": attr.string_list()})

def _same_targets_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ctx.attr.locked, ctx.attr.unlocked)
    return unittest.end(env)

_same_targets_test = unittest.make(_same_targets_test_impl, attrs = {"locked": attr.string_list(), "unlocked": attr.string_list()})

def _suffixes(name):
    """What stands behind the name in the names of an image's targets; those alone that people name."""
    found = [target.removeprefix(name) for target in native.existing_rules() if target.startswith(name + ".") or target.startswith(name + "_")]
    inner = [".config", ".kernel", ".names", "_root_boot", ".root_init"]
    return sorted([suffix for suffix in found if not [part for part in inner if part in suffix]])

def locked_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    locked_linuxkit_image("from_yaml", _lock(), "x.txt", None, {"tags": ["manual"]})
    _entry_file_names_test(name = "entry_file_names")
    _outputs_test(
        name = "files_of_entries_are_named_after_them",
        target_under_test = ":from_yaml.config",
        outputs = ["--onboot=onboot.mount.pb", "--onboot=onboot.mount+1.pb", "--services=services.web.pb", "--services=services.db.pb"],
    )
    tests = ["entry_file_names", "files_of_entries_are_named_after_them"]

    def expect(test, lock, message, targets = [""]):
        subject = test + "_subject"
        locked_linuxkit_image(subject, lock, "x.txt", None, {"tags": ["manual"]})
        for target in targets:
            test_name = test + target.replace(".", "_")
            failure_test(name = test_name, target_under_test = subject + target, message = message)
            tests.append(test_name)

    expect(
        "no_lock_file",
        _lock(problem = "//:linuxkit.lock.json: there is no such file. Run: " + _COMMAND),
        "//:linuxkit.lock.json: there is no such file. Run: bazel run @linuxkit//:lock",
        targets = ["", "_kernel", "_initrd", "_cmdline", "_qemu", "_iso", "_vmdk", "_verity_boot", "_tar"],
    )
    expect(
        "config_not_in_the_lock",
        _lock(configs = {}),
        "//tests/analysis:x.txt: not in the lock file //tests/analysis:linuxkit.lock.json. Name it in MODULE.bazel, " +
        "linuxkit.config(file = \"//tests/analysis:x.txt\") (WORKSPACE: linuxkit_lock(configs)), then run: bazel run @linuxkit//:lock",
    )
    expect(
        "image_not_in_the_lock",
        _lock({"config": "//os:my.yml", "init": [{"text": "redis:7", "reference": "docker.io/library/redis:7"}]}),
        "//os:my.yml: image \"redis:7\": not in the lock file //tests/analysis:linuxkit.lock.json. Run: bazel run @linuxkit//:lock",
    )
    expect(
        "moved_package_of_a_label",
        _lock(
            {"config": "//os:my.yml", "services": [{"name": "web", "image": {"text": "//old/web:image", "label": "//old/web:image"}}]},
            missing_packages = ["old/web"],
        ),
        "//os:my.yml: image \"//old/web:image\": found no BUILD file in the directory old/web, where the lock file " +
        "//tests/analysis:linuxkit.lock.json has it. If it has moved, write its new place into //os:my.yml, then run: " +
        "bazel run @linuxkit//:lock",
        targets = ["", "_qemu", ".services.web"],
    )
    expect(
        "moved_package_of_a_template",
        _lock(
            {"config": "//os:my.yml", "onboot": [{"name": "web", "image": {"text": "@pkg:../old/web", "package": "old/web"}}]},
            missing_packages = ["old/web"],
        ),
        "//os:my.yml: image \"@pkg:../old/web\": found no BUILD file in the directory old/web, where the lock file " +
        "//tests/analysis:linuxkit.lock.json has it. If it has moved, write its new place into //os:my.yml, then run: " +
        "bazel run @linuxkit//:lock\nIf it has not, give it a BUILD file with a target \"web\" that builds it, such as " +
        "linuxkit_package(name = \"web\", build_yml = \"build.yml\", files = …).",
        targets = ["", ".onboot.web"],
    )
    expect(
        "template_of_the_root_directory",
        _lock({"config": "//os:my.yml", "init": [{"text": "@pkg:..", "package": "."}]}),
        "//os:my.yml: image \"@pkg:..\": the workspace's root directory has no name that its target could have; expected a label such " +
        "as \"//:image\".",
    )

    locked_linuxkit_image("unlocked_yaml", _lock(missing_packages = ["tests/analysis"]), "x.txt", None, {"tags": ["manual"]})
    _same_targets_test(
        name = "targets_without_a_lock_are_those_with_one",
        locked = _suffixes("from_yaml"),
        unlocked = _suffixes("unlocked_yaml"),
    )
    tests.append("targets_without_a_lock_are_those_with_one")
    native.test_suite(name = name, tests = tests)
