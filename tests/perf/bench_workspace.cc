#include "tests/perf/bench_workspace.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/perf/timed_process.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

namespace fs = std::filesystem;

// Sizes of the images in MiB when all are 830; the first is the one that changes.
constexpr uint64_t kImages[] = {5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 100, 150, 250};
constexpr uint64_t kImagesMib = 830;

constexpr std::string_view kImageRule =
    R"("""An image whose parts are files, as a lock file's are."""

load("//rules:providers.bzl", "OciImageInfo")

def _file_image_impl(ctx):
    return [
        DefaultInfo(files = depset([ctx.file.manifest])),
        OciImageInfo(
            config = ctx.file.config,
            image_config = None,
            image_layers = None,
            layers = [ctx.file.layer],
            layout = None,
            manifest = ctx.file.manifest,
        ),
    ]

_file_image = rule(
    implementation = _file_image_impl,
    attrs = {name: attr.label(allow_single_file = True, mandatory = True) for name in ["config", "layer", "manifest"]},
)

def file_image(name, directory):
    _file_image(
        name = name,
        config = directory + "/config.json",
        layer = directory + "/layer",
        manifest = directory + "/manifest.json",
    )
)";

constexpr std::string_view kSystem =
    R"(load("//rules:defs.bzl", "linuxkit_image", "linuxkit_init", "linuxkit_kernel", "linuxkit_onboot", "linuxkit_service")
load(":file_image.bzl", "file_image")

[file_image(name = "image_%d" % i, directory = "images/%d" % i) for i in range(1, 13)]

file_image(name = "image_0", directory = "images/$IMAGE")

linuxkit_kernel(
    name = "kernel",
    cmdline = "console=ttyS0 edit=$CMDLINE",
    debs = ["//runtime:kernel_debs"],
    module_names = ["overlay", "virtio_net"],
)

linuxkit_init(name = "init", image = ":image_1")

[linuxkit_onboot(name = "onboot_%d" % i, image = ":image_%d" % i) for i in [2, 3]]

SERVICES = [0] + list(range(4, 13))

[
    linuxkit_service(name = "service_%d" % i, env = ["EDIT=%d" % ($SERVICE if i == 12 else 0)], image = ":image_%d" % i)
    for i in SERVICES
]

linuxkit_image(
    name = "system",
    init = [":init"],
    kernel = ":kernel",
    onboot = [":onboot_2", ":onboot_3"],
    services = [":service_%d" % i for i in SERVICES],
)
)";

constexpr std::string_view kScale =
    R"(load("//rules:defs.bzl", "linuxkit_image", "linuxkit_package", "linuxkit_service")

[linuxkit_package(name = "image_%d" % i, command = ["/x"], files = {"file_%d" % i: "x.txt", "x": "x.sh"}) for i in range(20)]

[
    linuxkit_service(name = "service_%d" % i, env = ["NUMBER=%d" % (i + ($EDIT if i == 0 else 0))], image = ":image_%d" % (i % 20))
    for i in range($COUNT)
]

linuxkit_image(
    name = "system",
    init = [],
    kernel = None,
    services = [":service_%d" % i for i in range($COUNT)],
)
)";

// Words that the flags of make_layer could not hold.
bool IsPlain(std::string_view path) { return path.find_first_of("=:%\n\\") == path.npos; }

}  // namespace

std::string BenchWorkspace::In(const std::string& name) const {
  return absl::StrCat(options_.directory, "/bench/", name);
}

absl::Status BenchWorkspace::Write(const std::string& name, const std::string& text) const {
  std::error_code error;
  fs::create_directories(fs::path(In(name)).parent_path(), error);
  return WriteFile(In(name), text);
}

absl::Status BenchWorkspace::Prepare() const {
  ABSL_RETURN_IF_ERROR(Write("file_image.bzl", std::string(kImageRule)));
  return fs::exists(In("images/done")) ? absl::OkStatus() : MakeImages();
}

absl::Status BenchWorkspace::WriteSystem(const SystemEdits& edits) const {
  return Write("BUILD.bazel",
               absl::StrReplaceAll(kSystem, {{"$IMAGE", edits.image == 0 ? "0" : "changed"},
                                             {"$CMDLINE", absl::StrCat(edits.cmdline)},
                                             {"$SERVICE", absl::StrCat(edits.service)}}));
}

absl::Status BenchWorkspace::WriteScale(int count, int edit) const {
  ABSL_RETURN_IF_ERROR(Write(absl::StrCat("scale/", count, "/x.txt"), "x\n"));
  // A script that runs itself needs no other program.
  ABSL_RETURN_IF_ERROR(Write(absl::StrCat("scale/", count, "/x.sh"), "#!/x\n"));
  return Write(absl::StrCat("scale/", count, "/BUILD.bazel"),
               absl::StrReplaceAll(
                   kScale, {{"$COUNT", absl::StrCat(count)}, {"$EDIT", absl::StrCat(edit)}}));
}

absl::Status BenchWorkspace::MakeImages() const {
  const uint64_t mib = static_cast<uint64_t>(options_.mib);
  ABSL_ASSIGN_OR_RETURN(FileSampler sampler, FileSampler::Scan(options_.source, mib << 20));
  size_t number = 0;
  for (const uint64_t share : kImages) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<SampleFile> files,
                          sampler.Take((share << 20) * mib / kImagesMib));
    ABSL_RETURN_IF_ERROR(MakeImage(absl::StrCat(number), files, ""));
    if (number == 0) {
      ABSL_RETURN_IF_ERROR(MakeImage("changed", files, "changed"));
    }
    ++number;
  }
  return Write("images/done", "");
}

absl::Status BenchWorkspace::MakeImage(const std::string& name,
                                       const std::vector<SampleFile>& files,
                                       const std::string& variant) const {
  const std::string directory = absl::StrCat("images/", name, "/");
  // Image 1 lies at the root of the system, the others below containers/.
  ABSL_RETURN_IF_ERROR(Write(directory + "variant", absl::StrCat(variant, "\n")));
  std::vector<std::string> flags = {"--compression=gzip",
                                    absl::StrCat("--layer=", In(directory + "layer")),
                                    absl::StrCat("--descriptor=", In(directory + "layer.pb")),
                                    absl::StrCat("--file=variant=", In(directory + "variant"))};
  for (const SampleFile& file : files) {
    if (!IsPlain(file.path)) continue;
    flags.push_back(absl::StrCat("--file=", file.path.substr(1), "=", file.path));
  }
  ABSL_RETURN_IF_ERROR(RunTool(options_.make_layer, flags));
  return RunTool(options_.make_image,
                 {"--command=/bin/true", "--architecture=amd64",
                  absl::StrCat("--descriptor=", In(directory + "layer.pb")),
                  absl::StrCat("--manifest=", In(directory + "manifest.json")),
                  absl::StrCat("--config=", In(directory + "config.json")),
                  absl::StrCat("--image_config=", In(directory + "config.pb")),
                  absl::StrCat("--image_layers=", In(directory + "layers.pb"))});
}

absl::Status BenchWorkspace::RunTool(const std::string& tool,
                                     const std::vector<std::string>& flags) const {
  ABSL_RETURN_IF_ERROR(Write("flags", absl::StrCat(absl::StrJoin(flags, "\n"), "\n")));
  return RunTimed({tool, absl::StrCat("@", In("flags"))}).status();
}

}  // namespace linuxkit
