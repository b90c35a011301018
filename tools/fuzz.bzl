"""Fuzz targets: programs of libFuzzer that look for input which crashes a parser of foreign bytes."""

load("//tools:cc.bzl", "cc_test")

def fuzz_test(name, seconds = 20, deps = [], **kwargs):
    """A fuzz target, which is a test of --config=sanitize. `.ci/fuzz` runs them all.

    The source defines libFuzzer's LLVMFuzzerTestOneInput, and FuzzSeeds of tools/fuzz/seeds.h. To run one for longer, or to
    run an input again that it found (bazel-testlogs/.../NAME/test.outputs/crash-...):

        ./bazelw run --config=sanitize //tools/oci:json_fuzz -- -max_total_time=3600
        ./bazelw run --config=sanitize //tools/oci:json_fuzz -- /tmp/crash-...

    Args:
      name: the target's name.
      seconds: how long it runs unless the command line says otherwise.
      deps: list of labels.
      **kwargs: attributes of cc_test.
    """
    cc_test(
        name = name,
        size = "medium",
        args = [
            "-max_total_time={}".format(seconds),
            # The same start in each run, so that a change is judged by what it changes. Long runs start anew (.ci/fuzz 600).
            "-seed=1",
            # What an input may take.
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            "-verbosity=0",
        ],
        linkopts = ["-fsanitize=fuzzer"],
        tags = [
            "fuzz",
            # Only clang can link it.
            "manual",
        ],
        deps = deps + ["//tools/fuzz:seeds"],
        **kwargs
    )
