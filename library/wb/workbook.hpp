/// @file
/// The given code at a glance. Include this, or only what you need.
#pragma once

#include "wb/autograd/autograd.hpp"  // a tape that differentiates: operations of attention models, float and double
#include "wb/char_model.hpp"         // a small trained language model, on a KV cache of your choice
#include "wb/csv.hpp"                // tables of text and numbers, refused by file, line and column
#include "wb/dataset.hpp"            // the path of a file of datasets/
#include "wb/errors.hpp"  // ShapeError, FileError, NotImplemented: each says what was wrong, what was got, what to do
#include "wb/idx.hpp"     // arrays of bytes, as MNIST has them
#include "wb/labelled_pictures.hpp"  // Fashion-MNIST, CIFAR-10: pictures with a class each
#include "wb/matmul.hpp"             // matmul of 2 to 4 axes, gemm on pieces: OpenBLAS, threads over the batch
#include "wb/nn/nn.hpp"              // Linear, Embedding, LayerNorm, FeedForward, MultiHeadAttention
#include "wb/normal.hpp"             // tails and quantiles of the standard normal distribution
#include "wb/npy.hpp"                // one array a file, as numpy.save writes it
#include "wb/photo.hpp"              // PNG, JPEG and BMP in, PNG out, 8 bits a channel
#include "wb/photo_sheet.hpp"        // photos side by side with labels
#include "wb/picture.hpp"            // heat maps and line charts as .png and .svg
#include "wb/pig_latin.hpp"          // the exact rule, and the small and the large set of words, split for training
#include "wb/random.hpp"             // seeded uniforms, normals and permutations, the same on every platform
#include "wb/safetensors.hpp"        // named tensors in a file: cases, goldens, checkpoints
#include "wb/series.hpp"             // time series from CSV files: dates, variates, values
#include "wb/shape_checks.hpp"       // require_same_axis: errors that name tensors, shapes and axis
#include "wb/tensor.hpp"             // Tensor<N>, zeros, full, shape_text; sum, mean, max, argmax that keep dimensions
#include "wb/threads.hpp"            // over_threads: work cut over the threads where that pays
#include "wb/training/training.hpp"  // Adam, schedules, threads, checkpoints, logs
#include "wb/vector_math.hpp"        // exp, tanh, erf, gelu, sum, max and dot of a row, a register at a time
#include "wb/word_pairs.hpp"         // words and pairs of words from text files; odd lines are reported and skipped
#include "wb/word_split.hpp"         // training and validation parts, disjoint by word
