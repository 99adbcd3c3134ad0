#include "datasets/manifest.hpp"

#include <algorithm>
#include <numeric>

#include "course/toml_file.hpp"

namespace wb::grader {
namespace {

bool is_file_name(const std::string& name) {
    return !name.starts_with('.') && name.find('/') == std::string::npos;
}

/// A name that becomes one of a file or folder.
std::string name_of(const TomlFile& file, const TomlValue& table, const std::string& what) {
    std::string name = file.text(table, "name", what);
    if (!is_file_name(name))
        file.fail(table.members.at("name").line,
                  "`name` of " + what + " must be a plain file name, got \"" + name + "\".");
    return name;
}

bool is_sha256(const std::string& sum) {
    return sum.size() == 64 && sum.find_first_not_of("0123456789abcdef") == std::string::npos;
}

RemoteFile read_file(const TomlFile& file, const TomlValue& table) {
    file.only(table, {"name", "bytes", "sha256", "unpack"}, "a [[fetch.file]]");
    RemoteFile remote;
    remote.name = name_of(file, table, "a [[fetch.file]]");
    remote.bytes = static_cast<std::uint64_t>(std::min(file.number_or(table, "bytes", 0), 1e15));
    remote.sha256 = file.text_or(table, "sha256", "");
    if (!remote.sha256.empty() && !is_sha256(remote.sha256)) {
        file.fail(table.members.at("sha256").line,
                  "`sha256` must be 64 digits 0-9 a-f, got \"" + remote.sha256 + "\".");
    }
    if (const auto unpack = table.members.find("unpack"); unpack != table.members.end()) {
        if (unpack->second.kind != TomlValue::Kind::boolean)
            file.fail(unpack->second.line, "`unpack` must be true or false.");
        remote.unpack = unpack->second.truth;
    }
    return remote;
}

}  // namespace

std::uint64_t RemoteData::bytes() const {
    return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const RemoteFile& file) { return sum + file.bytes; });
}

DataManifest read_data_manifest(const std::filesystem::path& root) {
    const TomlFile file(root / "datasets" / "fetch.toml", "datasets/fetch.toml");
    file.only(file.root(), {"package", "fetch"}, "the list of data");
    DataManifest manifest;
    for (const TomlValue* table : file.tables_or_none(file.root(), "package")) {
        file.only(*table, {"name", "what", "licence", "there"}, "a [[package]]");
        manifest.packages.push_back(
            {file.text(*table, "name", "a [[package]]"), file.text(*table, "what", "a [[package]]"),
             file.text(*table, "licence", "a [[package]]"), file.text(*table, "there", "a [[package]]")});
    }
    for (const TomlValue* table : file.tables_or_none(file.root(), "fetch")) {
        file.only(*table, {"name", "what", "licence", "url", "file"}, "a [[fetch]]");
        RemoteData data{name_of(file, *table, "a [[fetch]]"),
                        file.text(*table, "what", "a [[fetch]]"),
                        file.text(*table, "licence", "a [[fetch]]"),
                        file.text(*table, "url", "a [[fetch]]"),
                        {}};
        if (!data.url.ends_with('/')) file.fail(table->members.at("url").line, "`url` must end in a slash.");
        for (const TomlValue* entry : file.tables_or_none(*table, "file"))
            data.files.push_back(read_file(file, *entry));
        if (data.files.empty()) file.fail(table->line, "a [[fetch]] lacks its [[fetch.file]].");
        manifest.remote.push_back(std::move(data));
    }
    return manifest;
}

}  // namespace wb::grader
