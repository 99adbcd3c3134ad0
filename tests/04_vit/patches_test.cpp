/// @file
/// Judges exercise 4.2: patches, positions and the embeddings.
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "module_answer.hpp"
#include "patches_probes.hpp"

namespace wb {
namespace {

Tensor<3> patches_of(const Case& c) {
    return probes::patchify(c.in<4>("pixels"), static_cast<std::size_t>(c.number("patch_size")));
}

TEST(Patchify, CutsSquaresRowByRow) {
    for (const Case& c : cases("4.2/numbered")) {
        SCOPED_TRACE(
            "  The picture is numbered row by row, 0 to 15. Its patches are 0 1 4 5, 2 3 6 7, 8 9 12 13, 10 11 14 15.");
        expect_close(patches_of(c), c, "patches", {});
    }
    for (const Case& c : cases("4.2/patchify")) {
        const Tensor<4> picture = c.in<4>("pixels");
        if (picture.shape(2) == picture.shape(3)) expect_close(patches_of(c), c, "patches", {});
    }
}

TEST(Patchify, PicturesMayBeWiderThanHigh) {
    for (const Case& c : cases("4.2/patchify")) {
        const Tensor<4> picture = c.in<4>("pixels");
        if (picture.shape(2) != picture.shape(3)) expect_close(patches_of(c), c, "patches", {});
    }
}

TEST(Patchify, SizesThatDoNotFitAreErrors) {
    const Tensor<4> pixels = zeros<4>({1, 3, 6, 8});
    for (const std::size_t patch_size : {4, 3, 0, 24}) {
        SCOPED_TRACE("  for pixels [1, 3, 6, 8] and a patch size of " + std::to_string(patch_size));
        const std::string message = probes::patchify.expect_error<ShapeError>(pixels, patch_size);
        if (patch_size == 4) {
            EXPECT_THAT(message, testing::HasSubstr("6")) << "the message names the sizes";
        }
    }
}

std::size_t extent(const Case& c, const char* key) {
    return static_cast<std::size_t>(c.number(key));
}

// Sixteen products of weights and numbers of size 1, whose signs differ; weights that were computed in float are off by some 1e-7.
constexpr Tolerance of_sixteen{.absolute = 2e-6};

void expect_resized(const std::string& family) {
    for (const Case& c : cases(family)) {
        const Tensor<2> got =
            probes::interpolate_positions(c.in<2>("positions"), extent(c, "old_height"), extent(c, "old_width"),
                                          extent(c, "new_height"), extent(c, "new_width"));
        expect_close(got, c, "positions", of_sixteen);
    }
}

TEST(InterpolatePositions, ResizesTheGridBicubically) {
    expect_resized("4.2/resize");
}

TEST(InterpolatePositions, HeightIsNotWidth) {
    expect_resized("4.2/rectangles");
}

TEST(InterpolatePositions, AgreesWithPyTorch) {
    expect_resized("4.2/pytorch");
}

TEST(InterpolatePositions, TheSameGridAndTheClassTokenStayAsTheyAre) {
    for (const Case& c : cases("4.2/resize")) {
        const Tensor<2> positions = c.in<2>("positions");
        const std::size_t height = extent(c, "old_height"), width = extent(c, "old_width");
        expect_close(probes::interpolate_positions(positions, height, width, height, width), positions,
                     c.name() + ": positions for the grid that they are for", {});
        const Tensor<2> larger = probes::interpolate_positions(positions, height, width, height + 2, width + 1);
        expect_shape(larger, {1 + (height + 2) * (width + 1), positions.shape(1)}, "positions");
        expect_close(only_row(larger, 0), only_row(positions, 0),
                     c.name() + ": row 0 of the result, the class token's position, which stays as it is,", {});
    }
}

TEST(InterpolatePositions, GridsThatDoNotFitAreErrors) {
    const auto refused = [](std::size_t rows, std::size_t old_height, std::size_t old_width, std::size_t new_height,
                            std::size_t new_width) {
        SCOPED_TRACE("  for " + std::to_string(rows) + " rows of positions, the class token's among them, from " +
                     std::to_string(old_height) + " x " + std::to_string(old_width) + " to " +
                     std::to_string(new_height) + " x " + std::to_string(new_width) + " patches");
        probes::interpolate_positions.expect_error<ShapeError>(zeros<2>({rows, 4}), old_height, old_width, new_height,
                                                               new_width);
    };
    refused(10, 3, 4, 6, 6);
    refused(10, 2, 5, 6, 6);  // 10 rows, but the first is no patch's
    refused(10, 3, 3, 0, 6);
    refused(10, 3, 3, 6, 0);
    refused(1, 0, 3, 6, 6);
}

VitShapes embedding_shapes(const Case& c) {
    return part_of(vit_shapes(options_of(c)), embeddings_prefix);
}

probes::EmbeddingsQuestion question_of(const Case& c) {
    return {options_of(c), read_parameters(c, "parameter", embedding_shapes(c)), c.in<4>("pixels"), c.in<3>("d_out")};
}

TEST(VitEmbeddings, AreTheClassTokenAndThePatchesInTheirPlaces) {
    for (const Case& c : cases("4.2/embeddings")) {
        const probes::EmbeddingsQuestion question = question_of(c);
        const probes::EmbeddingsAnswer answer = probes::embeddings(question);
        expect_close(answer.out, c, "out", of_model);
        expect_unchanged(answer.parameters, question.weights);
    }
}

TEST(VitEmbeddings, EveryPictureOfABatchIsAsIfAlone) {
    for (const Case& c : cases("4.2/embeddings")) {
        probes::EmbeddingsQuestion question = question_of(c);
        question.d_out.reset();
        const Tensor<4> pixels = question.pixels;
        const Tensor<3> together = probes::embeddings(question).out;
        expect_shape(together, {pixels.shape(0), question.options.tokens(), question.options.hidden}, "tokens");
        for (std::size_t b = 0; b < pixels.shape(0); ++b) {
            question.pixels = only_row(pixels, b);
            expect_close(probes::embeddings(question).out, only_row(together, b),
                         c.name() + ": picture " + std::to_string(b) + " alone, and in its batch", of_model);
        }
    }
}

TEST(VitEmbeddings, GradientsReachEveryParameter) {
    for (const Case& c : cases("4.2/embeddings"))
        expect_slopes(probes::embeddings(question_of(c)).gradients, c,
                      read_parameters(c, "direction", embedding_shapes(c)));
}

TEST(VitEmbeddings, PixelsThatDoNotFitAreErrors) {
    probes::EmbeddingsQuestion question = question_of(cases("4.2/embeddings").front());
    question.d_out.reset();
    const VitOptions& o = question.options;
    const auto refused = [&](std::size_t channels, std::size_t height, std::size_t width) {
        question.pixels = zeros<4>({1, channels, height, width});
        SCOPED_TRACE("  for pixels " + shape_text(question.pixels) + ", where the model's pictures are " +
                     shape_text(std::array{o.channels, o.image_size, o.image_size}));
        probes::embeddings.expect_error<ShapeError>(question);
    };
    refused(o.channels + 1, o.image_size, o.image_size);
    refused(o.channels, o.image_size + o.patch_size, o.image_size);
    refused(o.channels, o.image_size + 1, o.image_size);
    refused(o.channels, o.image_size - o.patch_size, o.image_size - o.patch_size);
}

}  // namespace
}  // namespace wb
