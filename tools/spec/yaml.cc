// From yaml-cpp's events to a tree.
//
// yaml-cpp's own tree is not used: it forgets which scalars were quoted, its accessors throw, and
// an alias in it is a shared node, so that a walk over a few kilobytes can visit billions of nodes.
// Here each open list or mapping is a frame on a stack; a mapping's keys and values arrive
// alternately. The handler must not throw through yaml-cpp, so it notes the first problem and
// ignores what follows.
#include "tools/spec/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/spec/utf8.h"
#include "tools/spec/yaml_errors.h"

namespace linuxkit {
namespace {

// Real specifications nest about 8 deep and stay below a megabyte.
constexpr int kMaxDepth = 64;
constexpr size_t kMaxBytes = size_t{64} << 20;
// What a value costs besides its text, rounded.
constexpr size_t kValueBytes = sizeof(YamlValue);

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

// yaml-cpp counts from 0 and has -1 for nowhere.
Position At(const YAML::Mark& mark) {
  return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

// What a value costs once it is copied, and how many levels it has.
struct Extent {
  size_t bytes = 0;
  int depth = 0;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  // `places` is the text and must outlive this.
  explicit TreeBuilder(const TextPlaces& places) : places_(places) {}

  const std::optional<YamlError>& error() const { return error_; }
  YamlState StateAt(const YAML::Exception& error) const;
  // Where the document begins; nothing if there was none.
  const std::optional<Position>& start() const { return start_; }
  YamlValue TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = At(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    AddScalar(YamlValue::Plain(At(mark), ""), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, "seq", anchor);
  }
  void OnSequenceEnd() override { CloseList(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, "map", anchor);
  }
  void OnMapEnd() override { CloseMap(); }

 private:
  struct Frame {
    Position position;
    YAML::anchor_t anchor = 0;
    std::vector<YamlValue> values = {};
    Extent extent = {};
  };
  struct Anchored {
    YamlValue value;
    Extent extent = {};
  };

  void Fail(Position position, std::string message) {
    if (!error_) error_ = YamlError{position, std::move(message)};
  }
  void Open(const YAML::Mark& mark, const std::string& tag, std::string_view kind,
            YAML::anchor_t anchor);
  void AddScalar(YamlValue value, YAML::anchor_t anchor);
  void CloseList();
  void CloseMap();
  void Close(Frame frame, YamlValue value);
  void Add(YamlValue value, YAML::anchor_t anchor, Extent extent);
  std::vector<YamlValue::Field> FieldsOf(Frame& frame);
  void AddField(YamlValue::Field field, std::vector<YamlValue::Field>& fields,
                std::map<std::string, Position>& seen);
  void Merge(const YamlValue& source, std::vector<YamlValue::Field>& fields,
             std::map<std::string, Position>& seen);
  bool Charge(Position position, size_t bytes);

  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  YamlValue root_;
  size_t bytes_ = 0;
  const TextPlaces& places_;
  std::optional<Position> start_;
  std::optional<Position> last_scalar_;
  std::optional<YamlError> error_;
};

YamlState TreeBuilder::StateAt(const YAML::Exception& error) const {
  YamlState state{
      .position = At(error.mark), .message = error.msg, .last_scalar = last_scalar_, .open = {}};
  for (const Frame& frame : frames_) state.open.push_back(frame.position);
  return state;
}

// yaml-cpp writes the escapes \N and \_ as one byte each, which are no UTF-8.
std::string WithWholeCharacters(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const size_t valid = ValidUtf8Prefix(text);
    whole.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    absl::StrAppend(&whole, "\xC2", text.substr(0, 1));
    text.remove_prefix(1);
  }
  return whole;
}

bool TreeBuilder::Charge(Position position, size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > kMaxBytes) {
    Fail(position,
         "the document is too large with its aliases written out; expected at most 64 MiB");
  }
  return !error_;
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (error_) return;
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) return Fail(At(mark), "the alias stands inside its own anchor");
  const Extent extent = found->second.extent;
  // Copies that yaml-cpp's depth guard never sees can nest deeper than any text.
  if (frames_.size() + static_cast<size_t>(extent.depth) > kMaxDepth) {
    return Fail(At(mark),
                absl::StrCat("nested too deeply; expected at most ", kMaxDepth, " levels"));
  }
  if (!Charge(At(mark), extent.bytes)) return;
  Add(YamlValue(found->second.value), 0, extent);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  if (error_) return;
  last_scalar_ = At(mark);
  if (auto error = FindOpenQuote(places_, At(mark))) return Fail(error->position, error->message);
  // yaml-cpp's marks for untagged scalars: "?" plain, "!" quoted or block.
  if (tag == "!" || tag == absl::StrCat(kCoreTag, "str")) {
    std::string whole = WithWholeCharacters(value);
    if (!IsValidUtf8(whole)) return Fail(At(mark), "the text is not UTF-8");
    return AddScalar(YamlValue::Quoted(At(mark), std::move(whole)), anchor);
  }
  YamlValue plain = YamlValue::Plain(At(mark), value);
  const bool is_core =
      tag == absl::StrCat(kCoreTag, "int") || tag == absl::StrCat(kCoreTag, "bool") ||
      tag == absl::StrCat(kCoreTag, "float") || tag == absl::StrCat(kCoreTag, "null");
  if (tag != "?" && !tag.empty() && !is_core) {
    return Fail(At(mark), absl::StrCat("unknown tag \"", tag, "\"; leave it out"));
  }
  AddScalar(std::move(plain), anchor);
}

void TreeBuilder::AddScalar(YamlValue value, YAML::anchor_t anchor) {
  const size_t bytes = kValueBytes + value.text().size();
  if (error_ || !Charge(value.position(), bytes)) return;
  Add(std::move(value), anchor, {.bytes = bytes, .depth = 0});
}

void TreeBuilder::Open(const YAML::Mark& mark, const std::string& tag, std::string_view kind,
                       YAML::anchor_t anchor) {
  if (error_) return;
  if (tag != "?" && tag != "!" && !tag.empty() && tag != absl::StrCat(kCoreTag, kind)) {
    return Fail(At(mark), absl::StrCat("unknown tag \"", tag, "\"; leave it out"));
  }
  if (frames_.size() >= kMaxDepth) {
    return Fail(At(mark),
                absl::StrCat("nested too deeply; expected at most ", kMaxDepth, " levels"));
  }
  if (!Charge(At(mark), kValueBytes)) return;
  frames_.push_back({.position = At(mark), .anchor = anchor, .extent = {.bytes = kValueBytes}});
}

void TreeBuilder::CloseList() {
  if (error_) return;
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  YamlValue list = YamlValue::List(frame.position, std::move(frame.values));
  Close(std::move(frame), std::move(list));
}

void TreeBuilder::CloseMap() {
  if (error_) return;
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  YamlValue map = YamlValue::Map(frame.position, FieldsOf(frame));
  if (!error_) Close(std::move(frame), std::move(map));
}

void TreeBuilder::Close(Frame frame, YamlValue value) {
  frame.extent.depth += 1;
  Add(std::move(value), frame.anchor, frame.extent);
}

void TreeBuilder::Add(YamlValue value, YAML::anchor_t anchor, Extent extent) {
  if (anchor != 0) {
    // The copy that waits for aliases counts as well.
    if (!Charge(value.position(), extent.bytes)) return;
    anchors_.insert_or_assign(anchor, Anchored{value, extent});
  }
  if (frames_.empty()) {
    root_ = std::move(value);
    return;
  }
  Extent& outer = frames_.back().extent;
  outer.bytes += extent.bytes;
  outer.depth = std::max(outer.depth, extent.depth);
  frames_.back().values.push_back(std::move(value));
}

std::vector<YamlValue::Field> TreeBuilder::FieldsOf(Frame& frame) {
  std::vector<YamlValue::Field> fields;
  std::map<std::string, Position> seen;
  std::vector<const YamlValue*> merged;
  for (size_t i = 0; i + 1 < frame.values.size(); i += 2) {
    const YamlValue& key = frame.values[i];
    YamlValue& value = frame.values[i + 1];
    if (key.kind() != YamlValue::Kind::kString) {
      Fail(key.position(), absl::StrCat("found ", KindName(key.kind()),
                                        " as a key; expected a string (put it in quotes)"));
      return {};
    }
    if (key.text() == "<<") {
      merged.push_back(&value);
      continue;
    }
    // yaml-cpp places a missing value where the next token begins, a line or more below.
    const bool is_missing = value.kind() == YamlValue::Kind::kNull && value.text().empty();
    if (is_missing) value = YamlValue::Plain(key.position(), "");
    AddField({key.text(), key.position(), std::move(value)}, fields, seen);
  }
  // Keys written out win over merged ones, wherever "<<" stands.
  for (const YamlValue* source : merged) Merge(*source, fields, seen);
  return fields;
}

void TreeBuilder::AddField(YamlValue::Field field, std::vector<YamlValue::Field>& fields,
                           std::map<std::string, Position>& seen) {
  const auto [first, fresh] = seen.try_emplace(field.key, field.position);
  if (!fresh) {
    return Fail(field.position, absl::StrCat("the key \"", field.key, "\" is already set at line ",
                                             first->second.line, ", column ", first->second.column,
                                             "; keep one of them"));
  }
  fields.push_back(std::move(field));
}

void TreeBuilder::Merge(const YamlValue& source, std::vector<YamlValue::Field>& fields,
                        std::map<std::string, Position>& seen) {
  if (source.kind() == YamlValue::Kind::kList) {
    for (const YamlValue& item : source.items()) {
      if (item.kind() != YamlValue::Kind::kMap) {
        return Fail(item.position(), "found a merge key (<<) of something else; expected mappings");
      }
      Merge(item, fields, seen);
    }
    return;
  }
  if (source.kind() != YamlValue::Kind::kMap) {
    return Fail(source.position(), "found a merge key (<<) of something else; expected a mapping");
  }
  for (const YamlValue::Field& field : source.fields()) {
    if (!seen.contains(field.key)) AddField(field, fields, seen);
  }
}

struct Failure {
  Position position;
  std::string message;
  bool is_empty = false;
};

// yaml-cpp reads UTF-16 and UTF-32, too; their byte order marks are no UTF-8.
bool IsWide(std::string_view text) {
  return absl::StartsWith(text, "\xFE\xFF") || absl::StartsWith(text, "\xFF\xFE") ||
         absl::StartsWith(text, std::string_view("\0\0\xFE\xFF", 4));
}

std::optional<Failure> Failed(const YamlError& error) {
  return Failure{error.position, error.message};
}

// yaml-cpp ends a document where it does not understand its continuation, too, and takes the rest
// for another one.
std::optional<Failure> FindRest(YAML::Parser& parser, const TextPlaces& places, int first_line) {
  TreeBuilder next(places);
  try {
    parser.HandleNextDocument(next);
  } catch (const std::exception&) {
    // Nobody reads further documents.
  }
  if (!next.start()) return std::nullopt;
  for (int line = first_line + 1; line <= next.start()->line; ++line) {
    const std::string_view text = places.Line(line);
    if (absl::StartsWith(text, "---") || absl::StartsWith(text, "...")) return std::nullopt;
  }
  return Failure{*next.start(),
                 "this does not continue what stands above; expected one mapping or one list, all "
                 "keys or items of it indented alike"};
}

std::optional<Failure> Build(std::string_view text, YamlValue& root) {
  if (text.size() > kMaxBytes) {
    return Failure{{}, absl::StrCat("found ", text.size(), " bytes; expected at most 64 MiB")};
  }
  if (!IsWide(text)) {
    if (const auto error = FindBadUtf8(text)) return Failed(*error);
  }
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  const TextPlaces places(text);
  TreeBuilder builder(places);
  std::optional<Failure> rest;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      return Failure{{}, "the document is empty; expected at least \"{}\"", /*is_empty=*/true};
    }
    if (!builder.error()) rest = FindRest(parser, places, builder.start()->line);
  } catch (const YAML::Exception& error) {
    // An earlier problem of ours explains more than what yaml-cpp meets later.
    if (!builder.error()) return Failed(ExplainYamlError(places, builder.StateAt(error)));
  } catch (const std::exception& error) {
    return Failure{{}, absl::StrCat("cannot parse the text: ", error.what())};
  }
  if (builder.error()) return Failed(*builder.error());
  root = builder.TakeRoot();
  return rest;
}

}  // namespace

absl::StatusOr<YamlValue> ParseYaml(std::string_view text, const DocumentSource& source) {
  YamlValue root;
  const std::optional<Failure> failure = Build(text, root);
  if (!failure) return root;
  Problems problems(source);
  problems.Add(failure->position, "", failure->message);
  return absl::Status(
      failure->is_empty ? absl::StatusCode::kNotFound : absl::StatusCode::kInvalidArgument,
      problems.ToStatus().message());
}

std::optional<YamlValue> ReadYaml(std::string_view text, Problems& problems) {
  YamlValue root;
  const std::optional<Failure> failure = Build(text, root);
  if (!failure) return root;
  problems.Add(failure->position, "", failure->message);
  return std::nullopt;
}

}  // namespace linuxkit
