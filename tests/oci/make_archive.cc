// Writes an archive as `docker save` does, of images that have one file and one command each:
//
//   make_archive --name=a:1 --name=b:1 --output=two.tar [--compression=gzip]
//
// The image a:1 has the file /file with the text "a:1" and the command "/run a:1".
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"
#include "tools/compress/compressor.h"
#include "tools/oci/documents.h"
#include "tools/package/tar_writer.h"

namespace linuxkit {
namespace {

absl::Status AddFile(std::string path, std::string_view text, TarWriter& tar,
                     uint32_t mode = 0644) {
  StringSource source(text);
  return tar.Add({.path = std::move(path), .mode = mode, .size = text.size()}, source);
}

// Adds the files of one image; returns its element of manifest.json.
absl::StatusOr<std::string> AddImage(const std::string& name, int number, TarWriter& archive) {
  StringSink layer;
  TarWriter files(layer);
  ABSL_RETURN_IF_ERROR(AddFile("file", name, files));
  // A script that runs itself needs no other program.
  ABSL_RETURN_IF_ERROR(AddFile("run", "#!/run\n", files, 0755));
  ABSL_RETURN_IF_ERROR(files.Finish());
  const std::string config =
      absl::StrFormat(R"({"architecture":"amd64","os":"linux","config":{"Cmd":["/run","%s"]},)"
                      R"("rootfs":{"type":"layers","diff_ids":["%s"]}})",
                      name, OciDigest(Sha256Of(layer.data())));
  const std::string config_path = absl::StrCat(number, ".json");
  const std::string layer_path = absl::StrCat(number, ".tar");
  ABSL_RETURN_IF_ERROR(AddFile(config_path, config, archive));
  ABSL_RETURN_IF_ERROR(AddFile(layer_path, layer.data(), archive));
  return absl::StrFormat(R"({"Config":"%s","RepoTags":["%s"],"Layers":["%s"]})", config_path, name,
                         layer_path);
}

absl::Status WriteArchive(const std::vector<std::string>& names, ByteSink& sink) {
  TarWriter archive(sink);
  std::vector<std::string> images;
  for (const std::string& name : names) {
    ABSL_ASSIGN_OR_RETURN(images.emplace_back(),
                          AddImage(name, static_cast<int>(images.size()), archive));
  }
  ABSL_RETURN_IF_ERROR(
      AddFile("manifest.json", absl::StrCat("[", absl::StrJoin(images, ","), "]"), archive));
  return archive.Finish();
}

absl::Status Run(Args& args) {
  const std::vector<std::string> names = args.All("name");
  const std::string compression = args.OptionalOr("compression", "none");
  const std::string path = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(path));
  ABSL_ASSIGN_OR_RETURN(const Compression::Format format, ParseCompressionFormat(compression));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<Compressor> compressor,
                        Compressor::Create({.format = format}, *output));
  ABSL_RETURN_IF_ERROR(WriteArchive(names, *compressor));
  ABSL_RETURN_IF_ERROR(compressor->Finish());
  return output->Commit();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_archive", linuxkit::Run);
}
