#include "course/toml_file.hpp"

#include <toml++/toml.h>

#include <cmath>

#include "files/files.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

TomlValue converted(const toml::node& node) {
    TomlValue value;
    value.line = static_cast<int>(node.source().begin.line);
    if (const auto* table = node.as_table()) {
        value.kind = TomlValue::Kind::table;
        for (const auto& [key, member] : *table) value.members.emplace(std::string(key.str()), converted(member));
    } else if (const auto* array = node.as_array()) {
        value.kind = TomlValue::Kind::array;
        for (const toml::node& item : *array) value.items.push_back(converted(item));
    } else if (const auto* text = node.as_string()) {
        value.kind = TomlValue::Kind::text;
        value.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
        value.kind = TomlValue::Kind::integer;
        value.number = static_cast<double>(integer->get());
    } else if (const auto* real = node.as_floating_point()) {
        value.kind = TomlValue::Kind::real;
        value.number = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
        value.kind = TomlValue::Kind::boolean;
        value.truth = boolean->get();
    }
    return value;
}

}  // namespace

std::string_view TomlValue::kind_name() const {
    switch (kind) {
        case Kind::table:
            return "a table";
        case Kind::array:
            return "a list";
        case Kind::text:
            return "a text";
        case Kind::integer:
            return "a whole number";
        case Kind::real:
            return "a number";
        case Kind::boolean:
            return "true or false";
        case Kind::other:
            break;
    }
    return "a date or time";
}

TomlFile::TomlFile(const std::filesystem::path& path, std::string shown) : shown_(std::move(shown)) {
    const std::string bytes = read_text(path);
    try {
        root_ = converted(toml::parse(bytes, shown_));
    } catch (const toml::parse_error& error) {
        fail(static_cast<int>(error.source().begin.line), "this is not TOML: " + std::string(error.description()));
    }
    root_.line = 1;
}

void TomlFile::fail(int line, const std::string& sentence) const {
    throw CourseFileError(shown_ + ":" + std::to_string(line) + ": " + sentence);
}

void TomlFile::only(const TomlValue& table, const std::set<std::string>& known, const std::string& what) const {
    for (const auto& [key, value] : table.members) {
        if (known.contains(key)) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        fail(value.line, what + " has no key \"" + key + "\"." + did_you_mean(key, names));
    }
}

std::string TomlFile::text(const TomlValue& table, const std::string& key, const std::string& what) const {
    const auto found = table.members.find(key);
    if (found == table.members.end()) fail(table.line, what + " lacks its `" + key + " = \"...\"`.");
    std::string value = text_or(table, key, "");
    if (value.empty()) fail(found->second.line, "`" + key + "` of " + what + " is empty.");
    return value;
}

std::string TomlFile::text_or(const TomlValue& table, const std::string& key, std::string fallback) const {
    const auto found = table.members.find(key);
    if (found == table.members.end()) return fallback;
    const TomlValue& value = found->second;
    if (value.kind != TomlValue::Kind::text) {
        fail(value.line, "`" + key + "` must be a text in quotes, got " + std::string(value.kind_name()) + ".");
    }
    return value.text;
}

double TomlFile::number_or(const TomlValue& table, const std::string& key, double fallback) const {
    const auto found = table.members.find(key);
    if (found == table.members.end()) return fallback;
    const TomlValue& value = found->second;
    if (!value.is_number()) {
        fail(value.line, "`" + key + "` must be a number, got " + std::string(value.kind_name()) + ".");
    }
    if (!std::isfinite(value.number) || value.number < 0) {
        fail(value.line, "`" + key + "` must be a number >= 0, got " + std::to_string(value.number) + ".");
    }
    return value.number;
}

std::vector<std::string> TomlFile::texts_or_none(const TomlValue& table, const std::string& key) const {
    const auto found = table.members.find(key);
    if (found == table.members.end()) return {};
    const TomlValue& value = found->second;
    if (value.kind != TomlValue::Kind::array) {
        fail(value.line, "`" + key + "` must be a list of texts, got " + std::string(value.kind_name()) + ".");
    }
    std::vector<std::string> texts;
    for (const TomlValue& item : value.items) {
        if (item.kind != TomlValue::Kind::text || item.text.empty()) {
            fail(item.line,
                 "`" + key + "` must hold texts that are not empty, got " + std::string(item.kind_name()) + ".");
        }
        texts.push_back(item.text);
    }
    return texts;
}

std::vector<const TomlValue*> TomlFile::tables_or_none(const TomlValue& table, const std::string& key) const {
    const auto found = table.members.find(key);
    if (found == table.members.end()) return {};
    std::vector<const TomlValue*> tables;
    for (const TomlValue& item : found->second.items) {
        if (item.kind == TomlValue::Kind::table) tables.push_back(&item);
    }
    if (found->second.kind != TomlValue::Kind::array || tables.size() != found->second.items.size()) {
        fail(found->second.line, "`" + key + "` must be written as [[" + key + "]] tables.");
    }
    return tables;
}

}  // namespace wb::grader
