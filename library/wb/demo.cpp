#include "wb/demo.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "wb/errors.hpp"

namespace wb {
namespace {

/// One line on what is wrong with the command line, and what would do.
int refuse(const CLI::App& app, const CLI::ParseError& error) {
    const std::string& name = app.get_name();
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    std::string names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names += (names.empty() ? "" : ", ") + command->get_name();
    std::string text = error.what();
    if (chosen.empty() && !names.empty()) {
        const std::vector<std::string> words = app.remaining();
        text = (words.empty() ? "what to do is missing" : "there is no \"" + words.front() + "\"") +
               ". Expected one of: " + names;
    }
    std::cerr << name << ": " << text << ". Try: " << name
              << (chosen.empty() ? " -- --help" : " " + chosen.front()->get_name() + " --help") << '\n';
    return 2;
}

}  // namespace

int run_demo(CLI::App& app, int argc, const char* const* argv, const std::function<bool()>& body) {
    if (const char* name = std::getenv("WORKBOOK_DEMO")) app.name("./workbook run " + std::string(name));
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        return app.exit(asked);  // --help
    } catch (const CLI::ParseError& error) {
        return refuse(app, error);
    }
    try {
        return body() ? 0 : 1;
    } catch (const NotImplemented& missing) {
        std::cerr << "The demo runs your own code, and " << missing.what() << ". Try: ./workbook check "
                  << missing.exercise() << '\n';
        return 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}

}  // namespace wb
