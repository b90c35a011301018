#include "tools/flatten/flattener.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/flatten/image_tree.h"
#include "tools/flatten/lost_xattrs.h"
#include "tools/flatten/one_pass.h"
#include "tools/flatten/tree_writer.h"

namespace linuxkit {
namespace {

std::string LayerName(size_t index, absl::Span<const LayerBlob> layers) {
  return absl::StrCat("layer ", index + 1, " of ", layers.size());
}

// Returns the obstacle, or an empty text if all was written.
absl::StatusOr<std::string> FlattenInOnePass(absl::Span<const LayerBlob> layers,
                                             const FlattenOptions& options,
                                             const SystemFiles& system, EntrySink& sink) {
  OnePass pass(system, sink);
  for (size_t index = layers.size(); index-- > 0;) {
    ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<LayerInput> input,
                          LayerInput::Open(layers[index], LayerName(index, layers),
                                           {.in_background = options.background}));
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> entry, input->Next());
      if (!entry) break;
      const absl::Status status = pass.Add(static_cast<int>(index), *entry, input->data());
      if (!status.ok()) return input->Explain(status);
      if (!pass.obstacle().empty()) {
        return absl::StrCat(LayerName(index, layers), ": ", pass.obstacle());
      }
    }
    ABSL_RETURN_IF_ERROR(input->Verify());
  }
  ABSL_RETURN_IF_ERROR(pass.Finish());
  return "";
}

absl::Status PlanLayer(const LayerBlob& blob, const std::string& name, uint32_t index,
                       const FlattenOptions& options, ImageTree& tree) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<LayerInput> input,
                        LayerInput::Open(blob, name, {.in_background = options.background}));
  std::vector<LayerEntry> entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(std::optional<LayerEntry> entry, input->Next());
    if (!entry) break;
    entries.push_back(*std::move(entry));
  }
  ABSL_RETURN_IF_ERROR(input->Verify());
  const absl::Status status = tree.AddLayer(index, std::move(entries));
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
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

absl::Status FlattenWithPlan(absl::Span<const LayerBlob> layers, const FlattenOptions& options,
                             const SystemFiles& system, EntrySink& sink) {
  ImageTree tree;
  for (uint32_t index = 0; index < layers.size(); ++index) {
    ABSL_RETURN_IF_ERROR(PlanLayer(layers[index], LayerName(index, layers), index, options, tree));
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
  FlattenReport report = {.one_pass = false, .reason = "not allowed"};
  if (options.allow_one_pass) {
    ABSL_ASSIGN_OR_RETURN(report.reason, FlattenInOnePass(layers, options, system, sink));
    report.one_pass = report.reason.empty();
    if (report.one_pass) return report;
    ABSL_RETURN_IF_ERROR(sink.Restart());
  }
  ABSL_RETURN_IF_ERROR(FlattenWithPlan(layers, options, system, sink));
  return report;
}

}  // namespace linuxkit
