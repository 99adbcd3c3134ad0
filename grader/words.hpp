/// @file
/// What words of the command line come to, for main.cpp and the files beside it.
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "commands/commands.hpp"
#include "text/nearest.hpp"

namespace wb::grader {

/// What a command does, once all words are read. @return the exit status
using Action = std::function<int(const Desk&)>;
/// Hands an action to the command line, with the command that it belongs to.
using OnCommand = std::function<void(CLI::App*, Action)>;

/// A whole number within limits, or one line that says what was got and what would do.
/// @throws UsageError
template <class Number>
Number whole_number(const std::string& option, const std::string& text, Number least, const std::string& example) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty() || value < least) {
        throw UsageError(option + ": expected a whole number >= " + std::to_string(least) + ", got \"" + text +
                         "\". Try: " + example);
    }
    return value;
}

/// An option that takes a whole number >= `least`; without it `number` stays as it is.
/// @param number  is filled; must outlive the application. An optional one tells whether the option was there
/// @param example  of a command line that would do
template <class Number, class Target>
void add_whole_number(CLI::App* command, const std::string& name, Target& number, Number least,
                      const std::string& example, const std::string& help) {
    command
        ->add_option_function<std::string>(
            name, [=, &number](const std::string& text) { number = whole_number<Number>(name, text, least, example); },
            help)
        ->type_name("N");
}

/// --jobs: as many as there are processors, or as told.
void add_jobs(CLI::App* command, int& jobs, const std::string& example);

/// --chapters, a list with commas between. @throws UsageError  when nothing is between them
void add_chapters(CLI::App* command, std::vector<std::string>& chapters);

}  // namespace wb::grader
