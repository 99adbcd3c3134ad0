/// @file
/// What the benchmarks of the grader share: a made-up class in a folder, the command line grading it, and what is left afterwards.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gradebook/costs.hpp"

namespace wb::bench {

/// A word that no class has had: no object of another run is found again.
std::string fresh_mark();

/// Where a class lies, and what it is.
struct ClassSetting {
    std::filesystem::path folder = {};
    std::string chapters = "02";
    std::string mark = fresh_mark();
    int submissions = 200;
    std::uint64_t seed = 1;
    bool honest = false;
};

/// Makes the class, unless it is there. @throws Error with the command line's words
void make_class(const ClassSetting& setting);

/// Grades it into folder/class.book, or goes on with that. @return the costs so far
/// @param show  the grader's lines go to the terminal
grader::ClassCosts grade_class(const ClassSetting& setting, int jobs, bool sandbox, bool show);

/// Processes that were left to us, dead or alive, and are none of ours. To be asked for: adopt_orphans() first.
void adopt_orphans();
int orphans();

/// Names in folders that programs of this machine share: /tmp and /dev/shm.
std::vector<std::string> shared_files();

}  // namespace wb::bench
