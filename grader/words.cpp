#include "words.hpp"

#include "grade/task_queue.hpp"

namespace wb::grader {

void add_jobs(CLI::App* command, int& jobs, const std::string& example) {
    jobs = default_jobs();
    add_whole_number<int>(command, "--jobs", jobs, 1, example, "how much runs at once (default: the processors)");
}

void add_chapters(CLI::App* command, std::vector<std::string>& chapters) {
    command
        ->add_option_function<std::string>(
            "--chapters",
            [&chapters](const std::string& list) {
                chapters = CLI::detail::split(list, ',');
                std::erase(chapters, "");
                if (chapters.empty())
                    throw UsageError("--chapters: expected numbers such as 01,02, got \"" + list + "\"");
            },
            "only these, such as 01,02")
        ->type_name("LIST");
}

}  // namespace wb::grader
