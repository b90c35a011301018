// What is wrong with a document, all of it in one run: each problem with its place, reported in the
// order of the text.
//
//   Problems problems({.name = "os/web.yml", .positions = true, .text = text});
//   problems.Add(value.position(), "services \"web\": capabilities",
//                "found a string; expected a list of strings");
//   return problems.ToStatus();
//
// gives
//
//   os/web.yml:3:17: services "web": capabilities: found a string; expected a list of strings
//       3 |   capabilities: all
//         |                 ^
#ifndef TOOLS_SPEC_PROBLEMS_H_
#define TOOLS_SPEC_PROBLEMS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/spec/position.h"

namespace linuxkit {

// Where a text came from, as its author knows it.
struct DocumentSource {
  // A file or a label; begins every message unless empty.
  std::string name;
  // Whether line and column mean something to the reader: not in a text that a rule wrote from
  // attributes.
  bool positions = false;
  // The document itself, to show the lines that messages are about; nothing for none. Must outlive
  // the source's users.
  std::string_view text = {};
};

class Problems {
 public:
  explicit Problems(DocumentSource source) : source_(std::move(source)) {}

  // `path` says which part of which entry; may be empty.
  void Add(Position position, std::string_view path, std::string_view message);
  // Whether something was said of the value at `path` or of an item of it.
  bool Mentions(std::string_view path) const;
  size_t size() const { return problems_.size(); }
  // Whether someone wrote the text: a rule writes attributes in a form of its own.
  bool has_positions() const { return source_.positions; }
  // "FILE:LINE:COLUMN", as messages begin.
  std::string Place(Position position) const;
  // OK, or every problem, sorted by position; of very many only the first ones.
  absl::Status ToStatus() const;

 private:
  friend absl::Status ToStatus(absl::Span<const Problems* const> documents);
  struct Problem {
    Position position;
    std::string path;
    std::string message;
  };
  std::vector<Problem> Sorted() const;
  std::string Format(const Problem& problem) const;

  DocumentSource source_;
  std::vector<Problem> problems_;
};

// The problems of several documents, in their order.
absl::Status ToStatus(absl::Span<const Problems* const> documents);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_PROBLEMS_H_
