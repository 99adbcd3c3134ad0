/// @file
/// `./workbook run attention [--out FOLDER]`: draws heads.png and cost.png.

#include "demo.hpp"

#include <CLI/CLI.hpp>

#include "wb/demo.hpp"
#include "wb/errors.hpp"

int main(int argc, char** argv) {
    CLI::App app{"Chapter 2: four heads on a sentence, and what attention costs."};
    std::string out = "build/pictures";
    app.add_option("--out", out, "folder of the pictures");
    return wb::run_demo(app, argc, argv, [&] {
        std::filesystem::create_directories(out);
        wb::demo::draw_heads(out);
        wb::demo::draw_cost(out);
        return true;
    });
}
