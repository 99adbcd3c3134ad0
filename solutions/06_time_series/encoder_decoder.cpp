/// @file
/// Exercise 6.7: the whole horizon at once. The contract is chapters/06_time_series/encoder_decoder.hpp.
#include "encoder_decoder.hpp"

#include "wb/errors.hpp"

namespace wb {

// TODO(6.7): what the decoder is given: rows that are known, then rows that are asked for.
//   Equation: row i is past[lookback - label + i] for i < label, and 0 for the `horizon` rows behind.
//   Start:    check past; wb/autograd/layout.hpp has what cuts rows out and what puts them one behind the other.
//   Ask:      zeros are numbers that nobody has to learn: how do they come to the tape? Of which numbers of past is the gradient 0?
//   Traps:    lookback - label is far from what you want when label is larger: compare first. What is read out of the tape with tensor() has
//             the right numbers, and no way back.
Var<float> decoder_input(Var<float> past, std::size_t label, std::size_t horizon) {
    // SOLUTION BEGIN 6.7
    const Shape shape = past.shape();
    if (shape.rank() != 3 || shape[1] < label)
        throw ShapeError("decoder_input: past " + shape_text(shape) + " must be [batch, lookback, variates] with " +
                         std::to_string(label) + " label rows or more");
    const Var<float> empty = past.tape().constant(zeros<3>({shape[0], horizon, shape[2]}));
    return concat(std::vector{slice(past, 1, shape[1] - label, shape[1]), empty}, 1);
    // SOLUTION END
}

// TODO(6.7): one block of the decoder: it looks round, it asks the past, it thinks.
//   Equation: the contract's three lines. EncoderBlock (encoder_block.hpp) has the first and the last of them.
//   Ask:      which of the two asks in cross-attention, x or memory, and so what are the shapes of query, key and weights? Which of the
//             three sublayers is the only one that knows of the past?
//   Traps:    dropout falls on what a sublayer adds, not on the sum. Nothing is masked: the empty rows hold nothing to hide. `weights` may be
//             null, and belongs to the cross-attention.
Var<float> DecoderBlock::operator()(Var<float> x, Var<float> memory, Var<float>* weights) const {
    // SOLUTION BEGIN 6.7
    x = norm1(x + dropout(self_attention(x, x), dropout_probability));
    x = norm2(x + dropout(cross_attention(x, memory, {}, weights), dropout_probability));
    return norm3(x + dropout(feed_forward(x), dropout_probability));
    // SOLUTION END
}

// TODO(6.7): the model: make the memory, ask about empty rows, keep the answers to them.
//   Equation: memory = encoder(dropout(embed(past, calendar of the past))); answer = the last `horizon` rows of
//             projection(decoder(dropout(embed(decoder_input, its calendar, first place)), memory)).
//   Start:    check both shapes. Write down, for a look-back of 6, a label of 2 and a horizon of 3, which of the 9 calendar rows the encoder
//             gets, which the decoder gets, and the place of each.
//   Ask:      if two empty rows had the same calendar and the same place, could their answers differ? What, then, is the whole question that an
//             empty row puts? Two blocks of the decoder ask the past: how many memories are there?
//   Traps:    the label rows come in two guises, as encoder's and as decoder's: their places and their calendar are the same in both. The
//             two embeddings are not.
Var<float> EncoderDecoder::operator()(Var<float> past, Var<float> calendar, Var<float>* weights) const {
    // SOLUTION BEGIN 6.7
    const Shape of_past = past.shape(), of_calendar = calendar.shape();
    const std::size_t lookback = options.lookback, label = options.label, rows = lookback + options.horizon;
    if (of_past.rank() != 3 || of_past[1] != lookback || of_past[2] != options.variates || of_calendar.rank() != 3 ||
        of_calendar[0] != of_past[0] || of_calendar[1] != rows || of_calendar[2] != options.features)
        throw ShapeError("EncoderDecoder: past " + shape_text(of_past) + " must be [batch, " +
                         std::to_string(lookback) + ", " + std::to_string(options.variates) + "], and calendar " +
                         shape_text(of_calendar) + " [batch, " + std::to_string(rows) + ", " +
                         std::to_string(options.features) + "] of the same batch");
    Var<float> memory = dropout(encoder_embedding(past, slice(calendar, 1, 0, lookback)), options.blocks.dropout);
    for (const EncoderBlock& block : encoder) memory = block(memory);

    const std::size_t first = lookback - label;  // the place of the decoder's first row
    Var<float> x =
        dropout(decoder_embedding(decoder_input(past, label, options.horizon), slice(calendar, 1, first, rows), first),
                options.blocks.dropout);
    for (const DecoderBlock& block : decoder) x = block(x, memory, &block == &decoder.back() ? weights : nullptr);
    return projection(slice(x, 1, label, label + options.horizon));
    // SOLUTION END
}

}  // namespace wb
