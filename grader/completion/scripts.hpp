/// @file
/// Scripts that let a shell complete ./workbook: commands, options, and what goes into their places. They hold everything they offer, so that
/// a key press starts no program.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace wb::grader {

/// What can follow one command.
struct CompletedCommand {
    struct Option {
        std::vector<std::string> names = {};  ///< "--jobs", "-h"
        std::string description = {};
        std::vector<std::string> kinds = {};  ///< of what it takes; empty: it is a flag
    };
    std::string path = {};  ///< "check", "gradebook show"; empty: ./workbook itself
    std::string description = {};
    std::vector<std::string> parts = {};  ///< the last words of the commands below it
    std::vector<Option> options = {};
    std::vector<std::string> kinds = {};  ///< of what goes into its places
};

/// The commands, and what the kinds of words are: "EXERCISE" to 1.1, 1.2 ... Kinds FILE and DIR are the shell's to complete; one that is not
/// here has nothing to offer.
struct CompletionModel {
    std::vector<CompletedCommand> commands = {};
    std::map<std::string, std::vector<std::string>> words = {};
};

/// The script for "bash", "zsh" or "fish".
/// @throws UsageError  for another shell
std::string completion_script(const CompletionModel& model, const std::string& shell);

}  // namespace wb::grader
