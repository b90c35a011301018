// The content of PAX headers: records "LENGTH KEY=VALUE\n", which complete or replace what the next
// header, or all of them, can say (POSIX.1-2017, pax, "pax Extended Header").
#ifndef TOOLS_TAR_PAX_RECORDS_H_
#define TOOLS_TAR_PAX_RECORDS_H_

#include <map>
#include <string>
#include <string_view>

namespace linuxkit {

using PaxRecords = std::map<std::string, std::string>;

// Adds the records of `text`, of which later ones replace earlier ones; false if it is malformed.
// GNU.sparse.offset and GNU.sparse.numbytes, which may come again, are joined to one
// GNU.sparse.map.
bool ParsePaxRecords(std::string_view text, PaxRecords& records);

// Whole seconds of "1492533000.25"; times before 1970 round down like everywhere else.
bool ParsePaxTime(std::string_view text, int64_t& seconds);

}  // namespace linuxkit

#endif  // TOOLS_TAR_PAX_RECORDS_H_
