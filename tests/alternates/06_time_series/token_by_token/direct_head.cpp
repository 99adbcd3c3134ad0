/// @file
/// Exercise 6.8 with tokens cut out one by one: the mean is a product with a row of 1 / tokens, flattening puts slices side by side, and the
/// answer is put together row by row.
#include <vector>

#include "direct_head.hpp"
#include "wb/errors.hpp"

namespace wb {

std::size_t pooled_size(const DirectOptions& options) {
    std::size_t tokens = 1;
    if (options.pooling == Pooling::flatten) tokens = options.lookback;
    return tokens * options.blocks.d_model;
}

std::size_t head_parameters(const DirectOptions& options) {
    const std::size_t says = options.horizon * options.variates, weights = says * pooled_size(options), biases = says;
    return weights + biases;
}

Var<float> pool_tokens(Var<float> tokens, Pooling pooling) {
    const Shape shape = tokens.shape();
    if (shape.rank() != 3) throw ShapeError("tokens of shape " + shape_text(shape) + " have not three axes");
    if (shape[1] == 0) throw ShapeError("of the shape " + shape_text(shape) + " there is no token to pool");
    const std::size_t count = shape[1];
    if (pooling == Pooling::average) {
        const Var<float> shares =
            tokens.tape().constant(full<3>({shape[0], 1, count}, static_cast<float>(1.0 / static_cast<double>(count))));
        return reshape(matmul(shares, tokens), {shape[0], shape[2]});
    }
    std::vector<Var<float>> parts;
    for (std::size_t t = pooling == Pooling::last ? count - 1 : 0; t < count; ++t)
        parts.push_back(reshape(slice(tokens, 1, t, t + 1), {shape[0], shape[2]}));
    return parts.size() == 1 ? parts.front() : concat(parts, 1);
}

Var<float> DirectForecaster::operator()(Var<float> past, Var<float> calendar) const {
    const Shape rows = past.shape(), dates = calendar.shape();
    bool fits = rows.rank() == 3 && dates.rank() == 3;
    fits = fits && rows == Shape{rows[0], options.lookback, options.variates};
    fits = fits && dates == Shape{rows[0], options.lookback, options.features};
    if (!fits)
        throw ShapeError("calendar " + shape_text(dates) + " and past " + shape_text(rows) + " are not those of " +
                         std::to_string(options.lookback) + " rows, as the model has them");
    Var<float> x = dropout(embedding(past, calendar), options.blocks.dropout);
    for (std::size_t n = 0; n < blocks.size(); ++n) x = blocks[n](x);
    const Var<float> said = head(pool_tokens(x, options.pooling));
    std::vector<Var<float>> answer;
    for (std::size_t h = 0; h < options.horizon; ++h)
        answer.push_back(
            reshape(slice(said, 1, h * options.variates, (h + 1) * options.variates), {rows[0], 1, options.variates}));
    return concat(answer, 1);
}

}  // namespace wb
