/// @file
/// Judges exercise 1.13: tokens are compared exactly with those of the unpaged reference, which the case maker ran. The cases hold
/// clear decisions only (make_generate_cases.cpp), so another order of sums is no mistake.
#include <set>

#include "generate_case.hpp"
#include "generate_probes.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

using generate_case::pool_of;
using generate_case::requests_of;
using probes::GenerationTrace;
using probes::SequenceBlocks;

/// A text that may hold numbers that are no tokens.
std::string text_of(const std::vector<int>& tokens) {
    std::string text;
    for (const int token : tokens) {
        const bool known = token >= 0 && static_cast<std::size_t>(token) < char_model().sizes().vocabulary;
        text += known ? char_model().decode({&token, 1}) : "<token " + std::to_string(token) + ">";
    }
    return text;
}

/// A text that was generated, and where it belongs.
struct Generated {
    const std::vector<int>& tokens;
    std::size_t request = 0, sequence = 0;  ///< of the case; beams are sequences
    std::size_t prompt_len = 0;
    bool drawn = false;
};

void expect_unpaged_text(const Case& c, const Generated& got, const std::string& name) {
    const std::string expected = c.text(generate_case::expected(got.request, got.sequence));
    if (text_of(got.tokens) == expected) return;
    const std::vector<int> wanted = char_model().encode(expected);
    const auto same = static_cast<std::size_t>(std::ranges::mismatch(got.tokens, wanted).in1 - got.tokens.begin());
    const std::size_t position = got.prompt_len + same, before = position - 1;
    const auto block_size = static_cast<std::size_t>(c.number("block_size"));
    ADD_FAILURE() << c.name() << ": " << name << ": the tokens are not those of the unpaged cache.\n  expected: "
                  << testing::PrintToString(expected) << "\n  got:      " << testing::PrintToString(text_of(got.tokens))
                  << "\n  The first that differs is new token " << same << ", at position " << position
                  << "; the token before it lies at offset " << before % block_size << " of block "
                  << before / block_size << "."
                  << (got.drawn ? " The text is drawn, so choose_token's request, sequence and position matter too."
                                : "");
}

/// The whole trace of a case.
GenerationTrace trace_of(const Case& c) {
    GenerationTrace trace = probes::generate(requests_of(c), pool_of(c));
    if (!trace.done) {
        stop_test(
            c.name() + ": not done() after " + std::to_string(probes::most_steps) +
            " steps. Is every ended sequence finished in the scheduler, and every rejected request counted as done?");
    }
    return trace;
}

/// The same, with every text compared.
GenerationTrace generate(const Case& c) {
    const std::vector<GenerationRequest> requests = requests_of(c);
    GenerationTrace trace = trace_of(c);
    for (std::size_t r = 0; r < requests.size(); ++r) {
        if (std::ranges::find(trace.rejected, requests[r].id) != trace.rejected.end()) continue;
        const auto num_sequences = static_cast<std::size_t>(requests[r].num_sequences);
        if (trace.texts.at(r).size() != num_sequences) {
            stop_test(c.name() + ": request " + std::to_string(r) + " has " + std::to_string(trace.texts[r].size()) +
                      " sequences, not " + std::to_string(num_sequences));
        }
        for (std::size_t s = 0; s < num_sequences; ++s) {
            expect_unpaged_text(c,
                                {.tokens = trace.texts[r][s],
                                 .request = r,
                                 .sequence = s,
                                 .prompt_len = requests[r].prompt.size(),
                                 .drawn = requests[r].sampling.temperature > 0},
                                "request " + std::to_string(r) + ", sequence " + std::to_string(s));
        }
    }
    return trace;
}

/// Tokens that have to be computed when nothing is computed twice: a prompt once, and of each sequence all but the last token.
std::int64_t least_computed(const Case& c) {
    std::int64_t tokens = 0;
    const std::vector<GenerationRequest> requests = requests_of(c);
    for (std::size_t r = 0; r < requests.size(); ++r) {
        tokens += static_cast<std::int64_t>(requests[r].prompt.size());
        for (int s = 0; s < requests[r].num_sequences; ++s) {
            tokens +=
                static_cast<std::int64_t>(c.text(generate_case::expected(r, static_cast<std::size_t>(s))).size()) - 1;
        }
    }
    return tokens;
}

struct Moved {
    int preempted = 0, resumed = 0, blocks_out = 0, blocks_in = 0;
};
Moved moved(const GenerationTrace& trace) {
    Moved total;
    for (const probes::GenerationStep& step : trace.steps) {
        total.preempted += static_cast<int>(step.preempted.size());
        total.resumed += static_cast<int>(step.resumed.size());
        total.blocks_out += step.swapped_out;
        total.blocks_in += step.swapped_in;
    }
    return total;
}

/// Tables of one request: full blocks of the prompt are the same ones, what follows belongs to one sequence alone.
void expect_prompt_shared(const Case& c, const std::vector<SequenceBlocks>& tables, std::size_t prompt_len,
                          std::size_t step) {
    const std::size_t full = prompt_len / static_cast<std::size_t>(c.number("block_size"));
    std::set<BlockId> own;
    std::size_t others = 0;
    for (const SequenceBlocks& table : tables) {
        if (table.blocks.size() < full) continue;
        EXPECT_TRUE(std::equal(table.blocks.begin(), table.blocks.begin() + static_cast<std::ptrdiff_t>(full),
                               tables.front().blocks.begin()))
            << c.name() << ", step " << step << ": sequence " << table.sequence
            << " does not share the prompt's full blocks with sequence " << tables.front().sequence;
        own.insert(table.blocks.begin() + static_cast<std::ptrdiff_t>(full), table.blocks.end());
        others += table.blocks.size() - full;
    }
    EXPECT_EQ(own.size(), others) << c.name() << ", step " << step
                                  << ": two samples that have drawn on their own write to one block";
}

/// Calls `check` for a family's cases until one fails.
template <class Check>
void for_cases(const std::string& family, Check check) {
    for (const Case& c : cases(family)) {
        if (!testing::Test::HasFailure()) check(c);
    }
}

// Within 1e-4: logits are up to 15, float32 sums of up to 256 terms; the reference is 6e-6 from float64.
void expect_logits(bool swap) {
    for_cases("1.13/logits", [&](const Case& c) {
        const std::vector<int> tokens = char_model().encode(c.text("text"));
        expect_close(probes::paged_logits(tokens, static_cast<int>(c.number("split")), swap, pool_of(c)), c, "logits",
                     {.absolute = 1e-4});
    });
}

TEST(PagedStore, LogitsEqualTheUnpagedCaches) {
    expect_logits(false);
}

TEST(PagedStore, SwappingMovesEveryLayersKeysAndValues) {
    expect_logits(true);
}

TEST(Generate, GreedyEqualsTheUnpagedCache) {
    for_cases("1.13/greedy", [](const Case& c) {
        const GenerationTrace trace = generate(c);
        EXPECT_EQ(trace.tokens_computed, least_computed(c))
            << c.name() << ": the model computes each token once, and the last new token of a sequence not at all";
    });
}

TEST(Generate, RequestThatNeverFitsIsRejectedAndTheOthersGoOn) {
    for_cases("1.13/rejected", [](const Case& c) {
        EXPECT_EQ(generate(c).rejected, std::vector<std::int64_t>{10}) << c.name() << ": ids of the rejected requests";
    });
}

TEST(Generate, SamplesShareThePromptsBlocks) {
    for_cases("1.13/samples", [](const Case& c) {
        const GenerationTrace trace = generate(c);
        EXPECT_EQ(trace.tokens_computed, least_computed(c))
            << c.name() << ": the prompt is computed once for all samples";
        const std::size_t prompt_len = requests_of(c).front().prompt.size();
        for (std::size_t step = 1; step < trace.steps.size(); ++step) {
            if (!trace.steps[step].tables.empty()) expect_prompt_shared(c, trace.steps[step].tables, prompt_len, step);
        }
    });
}

TEST(Generate, StopTokenEndsASequenceAndItsSiblingsGoOn) {
    for_cases("1.13/stop", [](const Case& c) {
        EXPECT_EQ(generate(c).tokens_computed, least_computed(c))
            << c.name() << ": an ended sequence is not computed further";
    });
}

TEST(Generate, PreemptionByRecomputeChangesNoToken) {
    for (const char* family : {"1.13/recompute", "1.13/no_swap_space"}) {
        for_cases(family, [](const Case& c) {
            const GenerationTrace trace = generate(c);
            const Moved total = moved(trace);
            EXPECT_GT(total.preempted, 0)
                << c.name() << ": the requests do not fit into the pool together, so one has to go";
            EXPECT_EQ(total.resumed, total.preempted) << c.name();
            EXPECT_EQ(total.blocks_out, 0) << c.name() << ": there is nothing to swap to";
            EXPECT_GT(trace.tokens_computed, least_computed(c)) << c.name() << ": what was dropped is computed again";
        });
    }
}

TEST(Generate, PreemptionBySwapChangesNoToken) {
    for_cases("1.13/swap", [](const Case& c) {
        const GenerationTrace trace = generate(c);
        const Moved total = moved(trace);
        EXPECT_GT(total.preempted, 0) << c.name()
                                      << ": the requests do not fit into the pool together, so one has to go";
        EXPECT_GT(total.blocks_out, 0) << c.name() << ": a preempted group's blocks are swapped";
        EXPECT_EQ(total.blocks_in, total.blocks_out) << c.name() << ": what is swapped out comes back";
        if (c.number("swap") != 0) {
            EXPECT_EQ(trace.tokens_computed, least_computed(c))
                << c.name() << ": a swapped group computes nothing again";
        }
    });
}

TEST(Generate, BeamsEqualTheUnpagedBeams) {
    for_cases("1.13/beams", [](const Case& c) {
        const std::vector<int> prompt = char_model().encode(c.text("prompt"));
        const int width = static_cast<int>(c.number("width")),
                  num_new_tokens = static_cast<int>(c.number("num_new_tokens"));
        const probes::BeamSearchTrace trace = probes::generate_beams(prompt, width, num_new_tokens, pool_of(c));
        const Tensor<1, double> wanted = c.expected<1>("log_probs");
        if (trace.beams.size() != wanted.size()) {
            stop_test(c.name() + ": " + std::to_string(trace.beams.size()) + " beams, not " +
                      std::to_string(wanted.size()));
        }
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            expect_unpaged_text(c, {.tokens = trace.beams[i].tokens, .sequence = i, .prompt_len = prompt.size()},
                                "beam " + std::to_string(i));
            // The sum of num_new_tokens log-probabilities, each within 1e-4.
            EXPECT_NEAR(trace.beams[i].log_prob, wanted(i), 1e-4 * num_new_tokens) << c.name() << ": beam " << i;
        }
        EXPECT_EQ(trace.tokens_computed, static_cast<std::int64_t>(prompt.size()) + width * (num_new_tokens - 1))
            << c.name() << ": the prompt is computed once, then each beam's newest token, but not the last";
        ASSERT_EQ(trace.steps.size(), static_cast<std::size_t>(num_new_tokens))
            << c.name() << ": after_step, the prompt's included";
        const std::size_t full = prompt.size() / static_cast<std::size_t>(c.number("block_size"));
        for (std::size_t step = 0; step < trace.steps.size(); ++step) {
            for (const SequenceBlocks& beam : trace.steps[step]) {
                EXPECT_EQ(beam.num_tokens, static_cast<int>(prompt.size() + step)) << c.name() << ", step " << step;
                ASSERT_GE(beam.blocks.size(), full) << c.name() << ", step " << step;
                EXPECT_TRUE(std::equal(beam.blocks.begin(), beam.blocks.begin() + static_cast<std::ptrdiff_t>(full),
                                       trace.steps[0].front().blocks.begin()))
                    << c.name() << ", step " << step << ": beam " << beam.sequence
                    << " has left the prompt's full blocks";
            }
        }
    });
}

TEST(Generate, PrefixHitsChangeNoTokenAndSaveWork) {
    for_cases("1.13/prefixes", [](const Case& c) {
        const std::vector<GenerationRequest> requests = requests_of(c);
        const std::vector<probes::PrefixStep> steps = probes::generate_with_prefixes(requests, pool_of(c));
        ASSERT_EQ(steps.size(), requests.size());
        for (std::size_t r = 0; r < requests.size(); ++r) {
            expect_unpaged_text(
                c, {.tokens = steps[r].tokens, .request = r, .prompt_len = requests[r].prompt.size(), .drawn = true},
                "request " + std::to_string(r));
        }
        if (c.name().ends_with("evicted")) return;  // what is still there depends on the order of eviction
        const Tensor<1, double> wanted = c.expected<1>("tokens_computed");
        for (std::size_t r = 0; r < requests.size(); ++r) {
            EXPECT_EQ(steps[r].tokens_computed, static_cast<std::int64_t>(wanted(r)))
                << c.name() << ": request " << r
                << ": the model computes what no earlier request has left in full blocks, prompt "
                << "or continuation, and at least the prompt's last token";
        }
    });
}

TEST(Generate, AllBlocksAreFreeAtTheEnd) {
    for (const char* family : {"1.13/greedy", "1.13/stop", "1.13/recompute", "1.13/swap", "1.13/no_swap_space"}) {
        for_cases(family, [](const Case& c) {
            const GenerationTrace trace = trace_of(c);
            EXPECT_EQ(trace.gpu_blocks_held, 0) << c.name() << ": blocks still held in the GPU's pool";
            EXPECT_EQ(trace.cpu_blocks_held, 0) << c.name() << ": blocks still held in the CPU's pool";
        });
    }
    for_cases("1.13/beams", [](const Case& c) {
        const probes::BeamSearchTrace trace =
            probes::generate_beams(char_model().encode(c.text("prompt")), static_cast<int>(c.number("width")),
                                   static_cast<int>(c.number("num_new_tokens")), pool_of(c));
        EXPECT_EQ(trace.blocks_held, 0) << c.name() << ": blocks still held after the beam search";
    });
    for_cases("1.13/prefixes", [](const Case& c) {
        for (const probes::PrefixStep& step : probes::generate_with_prefixes(requests_of(c), pool_of(c))) {
            EXPECT_EQ(step.num_free + step.num_cached, static_cast<int>(c.number("num_gpu_blocks")))
                << c.name() << ": between requests a block is free or known to the prefix cache";
            EXPECT_EQ(step.num_evictable, step.num_cached)
                << c.name() << ": between requests only the cache holds its blocks";
        }
    });
}

}  // namespace
}  // namespace wb
