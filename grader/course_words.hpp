/// @file
/// The words of the commands that make the course and keep it in order, for main.cpp: starter, mutants, alternates, new-exercise,
/// new-chapter, export, sample, docs, bench and test.
#pragma once

#include "words.hpp"

namespace wb::grader {

/// What the words of these commands are read into.
struct CourseWords {
    bool check_starter = false;
    MutantOptions mutants, alternates;
    ScaffoldOptions scaffold;
    ExportOptions edition;
    SampleClassOptions sample;
    DocsOptions docs;
    std::vector<std::string> benchmarks,
        benchmark_arguments;  ///< the latter stand after --, and main.cpp takes them out
    std::vector<std::string> ctest_arguments;
    int ctest_jobs = 1;
};

/// Adds the commands.
/// @param words  is filled; must outlive the application
void add_course_work(CLI::App& app, CourseWords& words, const OnCommand& on);

}  // namespace wb::grader
