#include "starter/starter.hpp"

#include <chrono>
#include <iostream>

#include "commands/commands.hpp"

namespace wb::grader {

int starter_command(const Desk& desk, bool check) {
    if (check) {
        const auto differences = check_starter(desk.course);
        for (const StarterDifference& difference : differences)
            std::cout << difference.file.string() << " " << difference.what << "\n";
        if (!differences.empty()) {
            std::cout << "starter/ is not what solutions/ generates. Edit solutions/, then run ./workbook starter\n";
            return 1;
        }
        std::cout << "starter/ is what solutions/ generates\n";
        return 0;
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto backup = desk.memory() / "backup" /
                        ("starter-" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()));
    const std::vector<std::string> done = write_starter(desk.course, backup);
    for (const std::string& line : done) std::cout << line << "\n";
    if (done.empty()) std::cout << "starter/ was already what solutions/ generates\n";
    return 0;
}

}  // namespace wb::grader
