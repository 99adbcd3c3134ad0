/// @file
/// `./workbook run attention [--out FOLDER]`: draws heads.png and cost.png.

#include "demo.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "wb/errors.hpp"

int main(int argc, char** argv) {
    CLI::App app{"Chapter 2: four heads on a sentence, and what attention costs."};
    std::string out = "build/pictures";
    app.add_option("--out", out, "folder of the pictures");
    CLI11_PARSE(app, argc, argv);
    try {
        std::filesystem::create_directories(out);
        wb::demo::draw_heads(out);
        wb::demo::draw_cost(out);
    } catch (const wb::NotImplemented& missing) {
        std::cerr << "The demo runs your own code, and " << missing.what() << ". Try: ./workbook check "
                  << missing.exercise() << '\n';
        return 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
    return 0;
}
