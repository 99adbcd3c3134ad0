/// @file
/// A TOML file as a tree that remembers its lines, so that every complaint about a course file starts with file:line.
/// The parser (toml++) is heavy to compile and stays behind this header.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "wb/errors.hpp"

namespace wb::grader {

/// A course or answer file that is broken: "chapters/02_attention/chapter.toml:12: ...".
class CourseFileError : public FileError {
 public:
    using FileError::FileError;
};

/// One value of the file.
struct TomlValue {
    enum class Kind { table, array, text, integer, real, boolean, other };
    Kind kind = Kind::other;
    int line = 0;                              ///< where the value starts
    std::string text;                          ///< of a text
    double number = 0;                         ///< of an integer or a real
    bool truth = false;                        ///< of a boolean
    std::vector<TomlValue> items;              ///< of an array
    std::map<std::string, TomlValue> members;  ///< of a table

    [[nodiscard]] bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
    /// "a text", "a whole number", "a list" ...: what was got, for error messages.
    [[nodiscard]] std::string_view kind_name() const;
};

/// Reads and checks one file. The member functions throw CourseFileError; `where` in their texts is file:line.
class TomlFile {
 public:
    /// @param path  the file; @param shown  the name that error messages use
    /// @throws CourseFileError  on a syntax error, with its line; FileError when the file cannot be read
    TomlFile(const std::filesystem::path& path, std::string shown);

    [[nodiscard]] const TomlValue& root() const { return root_; }
    [[noreturn]] void fail(int line, const std::string& sentence) const;

    /// Refuses a key that is not in `known` (a misspelt key must not pass for an absent one).
    void only(const TomlValue& table, const std::set<std::string>& known, const std::string& what) const;
    /// A text that must be there and not be empty.
    std::string text(const TomlValue& table, const std::string& key, const std::string& what) const;
    std::string text_or(const TomlValue& table, const std::string& key, std::string fallback) const;
    /// A finite number >= 0.
    double number_or(const TomlValue& table, const std::string& key, double fallback) const;
    std::vector<std::string> texts_or_none(const TomlValue& table, const std::string& key) const;
    /// A list of tables ([[key]]), or none.
    std::vector<const TomlValue*> tables_or_none(const TomlValue& table, const std::string& key) const;

 private:
    std::string shown_;
    TomlValue root_;
};

}  // namespace wb::grader
