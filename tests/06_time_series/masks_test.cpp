/// @file
/// Judges exercise 6.4: masks, and a test that finds leaks.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "masks_probes.hpp"

namespace wb {
namespace {

using probes::ModelKind;
using Mask = Tensor<2, std::uint8_t>;

// Masks are 0 or 1.
constexpr Tolerance exact{};

std::size_t whole(const Case& c, const std::string& key) {
    return static_cast<std::size_t>(c.number(key));
}

/// A mask by its rows.
Mask mask_of(const std::vector<std::vector<int>>& rows) {
    Mask mask = zeros<2, std::uint8_t>({rows.size(), rows[0].size()});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows[i].size(); ++j) mask(i, j) = static_cast<std::uint8_t>(rows[i][j]);
    }
    return mask;
}

TEST(CausalMask, TheLastQueryIsTheLastKeysRow) {
    for (const Case& c : cases("6.4/causal")) {
        SCOPED_TRACE(c.name());
        expect_close(probes::causal_mask(whole(c, "q_len"), whole(c, "kv_len")), c, "mask", exact);
    }
    expect_shape(probes::causal_mask(0, 3), {0, 3}, "the mask of no queries and 3 keys");
    expect_shape(probes::causal_mask(4, 0), {4, 0}, "the mask of 4 queries and no keys");
}

TEST(ForecastMask, KnownRowsSeeEachOtherAndForecastsSeeWhatIsPastForThem) {
    for (const Case& c : cases("6.4/forecast")) {
        SCOPED_TRACE(c.name());
        expect_close(probes::forecast_mask(whole(c, "known"), whole(c, "horizon")), c, "mask", exact);
    }
    expect_shape(probes::forecast_mask(0, 0), {0, 0}, "the mask of no rows");
}

TEST(ObservedMask, GapsAreSeenByNobody) {
    for (const Case& c : cases("6.4/observed")) {
        SCOPED_TRACE(c.name());
        expect_close(probes::observed_mask(c.in<2, std::uint8_t>("observed"), c.in<2, std::uint8_t>("allowed")), c,
                     "mask", exact);
    }
    const Tensor<3, std::uint8_t> blind = probes::observed_mask(mask_of({{0, 0}, {1, 0}}), mask_of({{1, 1}}));
    expect_shape(blind, {2, 1, 2}, "the mask of 2 entries, 1 query and 2 keys");
    EXPECT_EQ(blind(0, 0, 0) + blind(0, 0, 1), 0) << "an entry without any observed row: its query sees no key";
    EXPECT_EQ(int{blind(1, 0, 0)}, 1) << "the other entry's first row was observed";
    expect_shape(probes::observed_mask(zeros<2, std::uint8_t>({0, 3}), zeros<2, std::uint8_t>({5, 3})), {0, 5, 3},
                 "the mask of no entries");
}

TEST(Dependencies, AreWhatTheModelReadsWhateverItIsMadeOf) {
    for (const Case& c : cases("6.4/models")) {
        SCOPED_TRACE(c.name());
        const auto kind = static_cast<ModelKind>(whole(c, "model"));
        if (kind == ModelKind::faint_leak || kind == ModelKind::nan_in_even_rows) continue;
        expect_close(probes::dependencies(kind, c.in<3>("x"), 0.125F).depends, c, "depends", exact);
        expect_close(probes::dependencies(kind, c.in<3>("x"), -0.5F).depends, c, "depends", exact);
    }
    const Mask none = probes::dependencies(ModelKind::constant, zeros<3>({1, 0, 2}), 0.125F).depends;
    expect_shape(none, {3, 0}, "dependencies of 3 rows on a window without rows");
}

TEST(Dependencies, CompareToTheBit) {
    for (const std::string name : {"6.4/models/faint_leak", "6.4/models/nan_in_even_rows"}) {
        const Case c = grader::one_case(name);
        const auto kind = static_cast<ModelKind>(whole(c, "model"));
        expect_close(probes::dependencies(kind, c.in<3>("x"), 0.125F).depends, c, "depends", exact);
    }
    const Mask signs = probes::dependencies(ModelKind::signed_zeros, full<3>({1, 3, 1}, -0.0625F), 0.125F).depends;
    expect_shape(signs, {3, 3}, "dependencies of 3 rows on 3");
    for (std::size_t t = 0; t < 3; ++t) {
        for (std::size_t s = 0; s < 3; ++s)
            EXPECT_EQ(int{signs(t, s)}, t == s ? 1 : 0)
                << "output " << t << ", input " << s << ", of a model that answers 0 with the sign of x: 0 and -0 are "
                << "two different numbers to the bit";
    }
}

bool same_bits(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// Which row of x a question has moved: length for none. Ends the test when it is neither.
std::size_t moved_row(const Tensor<3>& question, const Tensor<3>& x, float step, std::size_t number) {
    const std::size_t length = x.shape(1), variates = x.shape(2);
    const std::string which = "question " + std::to_string(number) + " to the model";
    expect_shape(question, {1, length, variates}, which);
    std::size_t moved = length;
    for (std::size_t s = 0; s < length; ++s) {
        std::size_t as_it_was = 0, stepped = 0, odd = 0;  // odd: the first variate that is neither
        for (std::size_t v = 0; v < variates; ++v) {
            const bool same = same_bits(question(0, s, v), x(0, s, v));
            const bool moved_on = same_bits(question(0, s, v), x(0, s, v) + step);
            as_it_was += same ? 1 : 0;
            stepped += moved_on ? 1 : 0;
            if ((same || moved_on) && odd == v) ++odd;
        }
        if (as_it_was == variates) continue;
        if (stepped != variates) {
            std::ostringstream text;
            text << std::setprecision(9) << which << ": row " << s << " is neither as it is in x nor moved by " << step
                 << " in every variate";
            if (odd < variates)
                text << ": variate " << odd << " is " << question(0, s, odd) << ", in x it is " << x(0, s, odd)
                     << ". What a step is added to and taken off again is not always what it was";
            stop_test(text.str());
        }
        if (moved != length)
            stop_test(which + ": rows " + std::to_string(moved) + " and " + std::to_string(s) +
                      " are moved; only one at a time may be, or nobody knows which of them the answer depends on");
        moved = s;
    }
    return moved;
}

TEST(Dependencies, MoveOneRowAtATimeAndAskNoMoreThanThat) {
    for (const Case& c : cases("6.4/models")) {
        SCOPED_TRACE(c.name());
        Tensor<3> x = c.in<3>("x");
        for (std::size_t n = 0; n < x.size(); n += 2)
            x.data()[n] = 1e-3F * x.data()[n] + 1e-4F;  // digits that 1/8 drops
        const std::size_t length = x.shape(1);
        for (const float step : {0.125F, -3.0F}) {
            SCOPED_TRACE(c.name() + ", step " + testing::PrintToString(step));
            const auto kind = static_cast<ModelKind>(whole(c, "model"));
            const std::vector<Tensor<3>> questions = probes::dependencies(kind, x, step).questions;
            std::vector<std::size_t> asked(length + 1);
            for (std::size_t n = 0; n < questions.size(); ++n) ++asked[moved_row(questions[n], x, step, n)];
            EXPECT_EQ(asked[length], 1U) << "questions in which x is as it was given: one is enough, and one is needed";
            for (std::size_t s = 0; s < length; ++s)
                EXPECT_EQ(asked[s], 1U) << "questions in which row " << s << " is moved, of " << length + 1
                                        << " in all";
        }
    }
}

TEST(Dependencies, WhatCannotBeComparedIsRefused) {
    const Tensor<3> x = full<3>({1, 19, 2}, 0.5F);
    const auto refuse_shape = [](ModelKind kind, const Tensor<3>& asked, const std::string& words) {
        SCOPED_TRACE("x " + shape_text(asked) + ": " + words);
        probes::dependencies.expect_error<ShapeError>(kind, asked, 0.125F);
    };
    refuse_shape(ModelKind::constant, full<3>({2, 3, 4}, 1), "two entries");
    refuse_shape(ModelKind::constant, zeros<3>({0, 3, 4}), "no entry");
    refuse_shape(ModelKind::two_entries, x, "the model answers [2, 19, 2], two entries");
    refuse_shape(ModelKind::longer_each_time, x,
                 "the model answers one row to the first question, two to the second, ..");
    EXPECT_THAT(probes::dependencies.expect_error<std::out_of_range>(ModelKind::refuses, x, 0.125F),
                testing::HasSubstr("refuses"))
        << "what the model throws passes through, with its words";
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    for (const float value : {1e8F, -1e30F, nan, infinity}) {
        Tensor<3> stuck = x;
        stuck(0, 17, 1) = value;
        SCOPED_TRACE("the last of two variates of row 17 is " + testing::PrintToString(value) +
                     ", which a step of .125 leaves as it is");
        EXPECT_THAT(
            probes::dependencies.expect_error<std::invalid_argument>(ModelKind::causal_convolution, stuck, 0.125F),
            testing::HasSubstr("17"))
            << "the message names row 17";
    }
    for (const float step : {0.0F, nan}) {
        SCOPED_TRACE("a step of " + testing::PrintToString(step) + ", which moves nothing anywhere");
        probes::dependencies.expect_error<std::invalid_argument>(ModelKind::causal_convolution, x, step);
    }
    const Mask moved = probes::dependencies(ModelKind::causal_convolution, full<3>({1, 2, 1}, 1e8F), 1e6F).depends;
    expect_shape(moved, {2, 2}, "dependencies of 2 rows of 1e8 and a step of 1e6, which moves them");
}

void expect_leak(const Leak& got, const Leak& wanted, const std::string& of) {
    EXPECT_EQ(got.found, wanted.found) << of;
    EXPECT_EQ(got.output, wanted.output) << "the leak's output row; " << of;
    EXPECT_EQ(got.input, wanted.input) << "the leak's input row; " << of;
}

TEST(FirstLeak, IsTheFirstDependencyThatTheMaskForbids) {
    const Mask causal = mask_of({{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}});
    expect_leak(probes::first_leak(causal, causal), {}, "a model that uses all that it may");
    expect_leak(probes::first_leak(zeros<2, std::uint8_t>({3, 4}), causal), {}, "a model that uses nothing: no leak");
    expect_leak(probes::first_leak(mask_of({{1, 0, 0, 0}, {0, 0, 1, 1}, {1, 0, 0, 1}}), causal), {true, 1, 2},
                "output 1 reads inputs 2 and 3, and output 2 input 3: first by output, then by input");
    expect_leak(probes::first_leak(mask_of({{1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 0, 0}}), causal), {true, 1, 3},
                "the only leak is of output 1");
    expect_leak(probes::first_leak(mask_of({{0, 0, 1, 1}, {0, 1, 1, 0}, {1, 0, 0, 1}}), causal), {true, 0, 2},
                "output 0 reads inputs 2 and 3, output 1 input 2: first by output, then by input");
    expect_leak(probes::first_leak(mask_of({{0, 0, 0, 1}, {0, 0, 1, 0}, {0, 0, 0, 0}}), causal), {true, 0, 3},
                "output 0 reads input 3, output 1 input 2: first by output, then by input");
    expect_leak(probes::first_leak(mask_of({{255, 2}, {2, 4}}), mask_of({{1, 1}, {128, 0}})), {true, 1, 1},
                "depends 255 2 / 2 4, allowed 1 1 / 128 0: any number but 0 says yes");
    expect_leak(probes::first_leak(zeros<2, std::uint8_t>({0, 3}), zeros<2, std::uint8_t>({0, 3})), {}, "no outputs");
    const Case c = grader::one_case("6.4/models/faint_leak");
    const std::size_t length = c.in<3>("x").shape(1);
    expect_leak(probes::first_leak(probes::dependencies(ModelKind::faint_leak, c.in<3>("x"), 0.125F).depends,
                                   probes::causal_mask(length, length)),
                {true, 0, 1}, "your three functions together, on a model that adds 1e-20 of the next row");
}

TEST(Masks, OfOtherShapesAreRefused) {
    const auto expect_named = [](const std::string& message, const std::string& a, const std::string& b) {
        EXPECT_THAT(message, testing::AllOf(testing::HasSubstr(a), testing::HasSubstr(b)))
            << "the message names both shapes";
    };
    const auto ones = [](std::size_t rows, std::size_t columns) { return full<2, std::uint8_t>({rows, columns}, 1); };
    expect_named(probes::observed_mask.expect_error<ShapeError>(ones(2, 5), ones(3, 4)), "[2, 5]", "[3, 4]");
    expect_named(probes::observed_mask.expect_error<ShapeError>(ones(4, 3), ones(3, 4)), "[4, 3]", "[3, 4]");
    expect_named(probes::first_leak.expect_error<ShapeError>(ones(2, 5), ones(3, 5)), "[2, 5]", "[3, 5]");
    expect_named(probes::first_leak.expect_error<ShapeError>(ones(2, 5), ones(2, 6)), "[2, 5]", "[2, 6]");
    expect_named(probes::first_leak.expect_error<ShapeError>(ones(4, 3), ones(3, 4)), "[4, 3]", "[3, 4]");
}

}  // namespace
}  // namespace wb
