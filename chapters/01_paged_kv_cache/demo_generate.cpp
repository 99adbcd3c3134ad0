/// @file
/// `./workbook run generate --samples 4 --prompt "Elinor could not "`: text through the paged cache, with its block tables.
/// Several --prompt are several requests, served at once; a small --blocks makes them push each other out.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "demo_generate.hpp"
#include "generate.hpp"
#include "wb/dataset.hpp"
#include "wb/demo.hpp"
#include "wb/errors.hpp"

namespace wb::demo {
namespace {

struct Options {
    std::vector<std::string> prompts{"Elinor could not "};
    int samples = 1, beams = 0, tokens = 60, block_size = 16, blocks = 64;
    double temperature = 0.7;
    std::uint64_t seed = 1;
    bool swap = false, verbose = false;
    std::filesystem::path out = "build/pictures";
};

void check(const Options& options, const CharModel& model) {
    if (options.beams > 0 && options.prompts.size() > 1) throw Error("--beams takes one --prompt");
    for (const std::string& prompt : options.prompts) {
        if (prompt.empty()) throw Error("--prompt is empty, and the model needs something to go on from");
        const std::size_t length = prompt.size() + static_cast<std::size_t>(options.tokens);
        if (length > model.sizes().context) {
            throw Error("--prompt and --tokens make " + std::to_string(length) +
                        " tokens, and the model was trained on " + std::to_string(model.sizes().context));
        }
    }
}

std::string ids(const char* what, const std::vector<std::int64_t>& requests) {
    std::string text;
    for (const std::int64_t id : requests) text += (text.empty() ? what : ",") + (" " + std::to_string(id));
    return text;
}

std::string moves(const char* what, const std::vector<BlockCopy>& copies) {
    std::string text;
    for (const BlockCopy& copy : copies) {
        text += (text.empty() ? what : ",") +
                (" " + std::to_string(copy.source) + " -> " + std::to_string(copy.destination));
    }
    return text;
}

std::string events_of(const StepPlan& plan) {
    std::string all;
    for (const std::string& event : {ids("admitted request", plan.admitted), ids("preempted request", plan.preempted),
                                     ids("resumed request", plan.resumed), ids("rejected request", plan.rejected),
                                     moves("swapped out", plan.swap_out), moves("swapped in", plan.swap_in),
                                     moves("copied on write", plan.copies)}) {
        if (!event.empty()) all += (all.empty() ? "" : "; ") + event;
    }
    return all;
}

/// The prompt, and what was generated: bold on a terminal, after a bar elsewhere.
void print_text(const CharModel& model, const std::string& name, const std::string& prompt,
                const std::vector<int>& tokens) {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    std::cout << name << ": " << prompt << (terminal ? "\033[1m" : "|") << model.decode(tokens)
              << (terminal ? "\033[0m\n" : "\n");
}

void print_end(const PoolHistory& history, bool equal, std::int64_t computed) {
    if (history.entries() > 0) {
        std::cout << "\nSharing saved " << 100 - 100 * history.blocks() / history.entries() << " % of the blocks. ";
    }
    std::cout << "The model computed " << computed << " tokens.\nThe unpaged cache gives "
              << (equal ? "the same text.\n" : "ANOTHER TEXT: see ./workbook check 1.13\n");
}

/// "sample 2"; where there are several requests, "request 1 sample 2".
std::string sample_name(const Options& options, std::int64_t request, std::size_t sample) {
    const std::string name = "sample " + std::to_string(sample);
    return options.prompts.size() == 1 ? name : "request " + std::to_string(request) + " " + name;
}

/// Samples of one prompt or more, under the scheduler.
bool run_requests(CharModel& model, const Options& options, PoolHistory& history) {
    Generator generator(model, {.block_size = options.block_size,
                                .num_gpu_blocks = options.blocks,
                                .num_cpu_blocks = options.swap ? options.blocks : 0,
                                .preemption = options.swap ? Preemption::swap : Preemption::recompute});
    std::vector<GenerationRequest> requests;
    for (const std::string& prompt : options.prompts) {
        requests.push_back({.id = static_cast<std::int64_t>(requests.size()),
                            .prompt = model.encode(prompt),
                            .max_new_tokens = options.tokens,
                            .num_sequences = options.samples,
                            .sampling = {options.temperature, options.seed}});
        generator.add(requests.back());
    }
    while (!generator.done()) {
        const StepPlan plan = generator.step();
        std::vector<TableRow> rows;
        for (const std::int64_t id : generator.scheduler().running()) {
            for (int sample = 0; sample < options.samples; ++sample) {
                const BlockTable& table = generator.scheduler().table(id, sample);
                rows.push_back({sample_name(options, id, static_cast<std::size_t>(sample)), table.blocks()});
            }
        }
        history.add(rows, generator.scheduler().gpu(), events_of(plan));
    }
    const std::int64_t computed = model.tokens_computed();
    bool equal = true;
    std::cout << '\n';
    for (const GenerationRequest& request : requests) {
        const GeneratedText& text = generator.text(request.id);
        if (text.rejected) {
            std::cout << "request " << request.id << " can never fit into " << options.blocks << " blocks\n";
            continue;
        }
        for (std::size_t sample = 0; sample < text.sequences.size(); ++sample) {
            print_text(model, sample_name(options, request.id, sample), model.decode(request.prompt),
                       text.sequences[sample]);
        }
        equal = equal && text.sequences == generate_unpaged(model, request).sequences;
    }
    print_end(history, equal, computed);
    return equal;
}

/// Beams of one prompt.
bool run_beams(CharModel& model, const Options& options, PoolHistory& history) {
    PagedStore store(model.sizes(), options.blocks, options.block_size);
    BlockAllocator allocator(options.blocks);
    const std::vector<int> prompt = model.encode(options.prompts.front());
    const auto show = [&](const std::vector<BlockTable>& tables) {
        std::vector<TableRow> rows;
        for (const BlockTable& table : tables) rows.push_back({"beam " + std::to_string(rows.size()), table.blocks()});
        history.add(rows, allocator, "");
    };
    const std::vector<Beam> beams =
        generate_beams(model, store, allocator, options.block_size, prompt, options.beams, options.tokens, show);
    const std::int64_t computed = model.tokens_computed();
    const std::vector<Beam> expected = beams_unpaged(model, prompt, options.beams, options.tokens).beams;
    bool equal = beams.size() == expected.size();
    std::cout << '\n';
    for (std::size_t i = 0; i < beams.size(); ++i) {
        print_text(model, "log-probability " + std::to_string(beams[i].log_prob), options.prompts.front(),
                   beams[i].tokens);
        equal = equal && beams[i].tokens == expected[i].tokens;
    }
    print_end(history, equal, computed);
    return equal;
}

bool run(const Options& options) {
    CharModel model(read_safetensors(dataset("char_lm/sense_and_sensibility.safetensors")));
    check(options, model);
    std::cout << options.blocks << " KV blocks of " << options.block_size
              << " tokens (here, characters). A row is a block table; * marks a block that others hold too.\n";
    PoolHistory history(options.block_size, options.verbose);
    const bool equal = options.beams > 0 ? run_beams(model, options, history) : run_requests(model, options, history);
    std::filesystem::create_directories(options.out);
    history.draw(options.out / "generate.png");
    return equal;
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 1: text through the paged cache, with the block tables as they grow and share."};
    wb::demo::Options options;
    app.add_option("--prompt", options.prompts, "what the text begins with; several are served at once")->take_all();
    app.add_option("--samples", options.samples, "continuations of each prompt")->check(CLI::Range(1, 64));
    app.add_option("--beams", options.beams, "beam search of this width instead of samples")->check(CLI::Range(0, 64));
    app.add_option("--tokens", options.tokens, "characters of each continuation")->check(CLI::Range(1, 255));
    app.add_option("--temperature", options.temperature, "0: always the likeliest character")
        ->check(CLI::Range(0.0, 10.0));
    app.add_option("--seed", options.seed, "of the draws");
    app.add_option("--block-size", options.block_size, "tokens in a KV block")->check(CLI::Range(1, 256));
    app.add_option("--blocks", options.blocks, "in the pool: few make requests push each other out")
        ->check(CLI::Range(1, 4096));
    app.add_flag("--swap", options.swap, "swap preempted requests instead of computing them again");
    app.add_flag("--every-step", options.verbose, "print the tables of every step, also where they stay the same");
    app.add_option("--out", options.out, "folder of the picture");
    return wb::run_demo(app, argc, argv, [&] { return wb::demo::run(options); });
}
