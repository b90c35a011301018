#include "tools/flatten/flattener.h"

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/flatten/image_tree.h"
#include "tools/flatten/one_pass.h"
#include "tools/flatten/tree_writer.h"

namespace linuxkit {
namespace {

std::string LayerName(size_t index, absl::Span<const LayerBlob> layers) {
  return absl::StrCat("layer ", index + 1, " of ", layers.size());
}

// The entries of a layer, without their bytes. They stay where they are in memory.
using Entries = std::deque<LayerEntry>;

// Reads a layer to its end and verifies it. What `pass` needs goes there, until it meets an
// obstacle.
absl::StatusOr<Entries> ReadLayer(LayerInput& input, size_t index, OnePass* pass) {
  Entries entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(std::optional<LayerEntry> entry, input.Next());
    if (!entry) break;
    entries.push_back(*std::move(entry));
    if (pass != nullptr && pass->obstacle().empty()) {
      pass->Add(static_cast<int>(index), entries.back(), input.data());
    }
  }
  ABSL_RETURN_IF_ERROR(input.Verify());
  return entries;
}

absl::StatusOr<std::vector<Entries>> ReadLayers(absl::Span<const LayerBlob> layers,
                                                const FlattenOptions& options, OnePass* pass) {
  std::vector<Entries> entries(layers.size());
  for (size_t index = layers.size(); index-- > 0;) {
    ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<LayerInput> input,
                          LayerInput::Open(layers[index], LayerName(index, layers),
                                           {.in_background = options.background}));
    ABSL_ASSIGN_OR_RETURN(entries[index], ReadLayer(*input, index, pass));
  }
  return entries;
}

absl::Status WriteFilesOfLayer(const LayerBlob& blob, std::string name,
                               const std::vector<PlannedFile>& files, const FlattenOptions& options,
                               EntrySink& sink) {
  if (files.empty()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<LayerInput> input,
                        LayerInput::Open(blob, std::move(name),
                                         {.verify = false, .in_background = options.background}));
  auto next = files.begin();
  for (uint32_t ordinal = 0; next != files.end(); ++ordinal) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> entry, input->Next());
    if (!entry) return input->Explain(absl::DataLossError("the layer changed while it was read"));
    if (ordinal != next->ordinal) continue;
    const absl::Status status =
        sink.AddFile(next->names, next->attributes, next->size, input->data());
    if (!status.ok()) return input->Explain(status);
    ++next;
  }
  return absl::OkStatus();
}

absl::Status FlattenWithPlan(absl::Span<const LayerBlob> layers, std::vector<Entries> entries,
                             const FlattenOptions& options, const SystemFiles& system,
                             EntrySink& sink) {
  ImageTree tree;
  for (uint32_t index = 0; index < layers.size(); ++index) {
    const absl::Status status = tree.AddLayer(index, std::move(entries[index]));
    if (!status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat(LayerName(index, layers), ": ", status.message()));
    }
  }
  ABSL_RETURN_IF_ERROR(system.ApplyTo(tree));
  TreeWriter writer(layers.size(), sink);
  ABSL_RETURN_IF_ERROR(writer.WriteAllButFiles(tree));
  for (size_t index = 0; index < layers.size(); ++index) {
    ABSL_RETURN_IF_ERROR(WriteFilesOfLayer(layers[index], LayerName(index, layers),
                                           writer.FilesOfLayer(index), options, sink));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FlattenReport> Flatten(absl::Span<const LayerBlob> layers,
                                      const FlattenOptions& options, EntrySink& sink) {
  const SystemFiles system(options.kind);
  OnePass pass(system, sink);
  ABSL_ASSIGN_OR_RETURN(std::vector<Entries> entries,
                        ReadLayers(layers, options, options.allow_one_pass ? &pass : nullptr));
  if (options.allow_one_pass && pass.obstacle().empty()) {
    ABSL_RETURN_IF_ERROR(pass.Finish());
    return FlattenReport{.one_pass = true};
  }
  ABSL_RETURN_IF_ERROR(sink.Restart());
  ABSL_RETURN_IF_ERROR(FlattenWithPlan(layers, std::move(entries), options, system, sink));
  return FlattenReport{.one_pass = false, .reason = pass.obstacle()};
}

}  // namespace linuxkit
