/// A java.util.HashMap of byte arrays in Java's serialization: what Kafka Connect's standalone worker keeps its offsets
/// in.
///
/// Input   the bytes of a file; keys and values may be null. Other classes than HashMap and byte[] are refused.
/// Output  bytes that Java's ObjectInputStream reads as an equal map.
/// Throws  DataException naming what is wrong and the offset.
/// Facts   Java Object Serialization Specification, chapter 6; java.util.HashMap's serialized form.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::cluster {

using JavaBytes = std::optional<std::string>;  ///< none: null
using JavaEntries = std::vector<std::pair<JavaBytes, JavaBytes>>;

JavaEntries parse_java_hash_map(std::string_view bytes);
std::string write_java_hash_map(const JavaEntries& entries);

}
