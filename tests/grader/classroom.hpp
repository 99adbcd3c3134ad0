/// @file
/// A class of the mini course, graded as an instructor does it: with a compiler that copies and a judge that looks at what was handed in, a
/// hundred times faster than real ones.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "workshop.hpp"

namespace wb::grader {

class Classroom : public Workshop {
 protected:
    Classroom();

    /// The judge, with lines of shell before and after its work. $calls holds a line for each call.
    void judge(const std::string& before, const std::string& after = "") const;
    [[nodiscard]] int judged() const;

    /// The solutions as a submission of the class.
    void member(const std::string& id) const;
    void spoil(const std::string& id) const;
    /// ann, bob whose work is spoilt, and cat.
    void three_members() const;

    /// grade --class class --book BOOK --no-sandbox
    [[nodiscard]] ProcessResult grade(const std::string& book, const std::vector<std::string>& more = {},
                                      const std::map<std::string, std::string>& environment = {},
                                      const std::function<void(std::string_view)>& on_output = {}) const;
    [[nodiscard]] std::string exported(const std::string& book, const std::string& format = "json") const;
    /// Folders in which a grader works; none may be left.
    [[nodiscard]] std::vector<std::string> strays() const;
};

/// "Compiles" by copying and "links" by putting together; a judge can still read what was handed in.
extern const char* const quick_compiler;

/// Waits until somebody writes to the pipe of that name. @return false after a minute
bool heard(const std::filesystem::path& pipe);

}  // namespace wb::grader
