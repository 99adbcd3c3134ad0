#include "wb/demo.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "wb/errors.hpp"

namespace wb {

int run_demo(CLI::App& app, int argc, const char* const* argv, const std::function<bool()>& body) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;  // 0: --help
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
