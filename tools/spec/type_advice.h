// How a value that is not what its field holds has to be written.
#ifndef TOOLS_SPEC_TYPE_ADVICE_H_
#define TOOLS_SPEC_TYPE_ADVICE_H_

#include <string>

#include "tools/spec/schema.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

// Ends the message about it: ` (put it in quotes: "5")`. Empty if nobody can know. `is_written`
// says whether the text is its author's; rules write attributes in a form of their own.
std::string HowToWrite(const YamlValue& value, const FieldType& type, bool is_written);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_TYPE_ADVICE_H_
