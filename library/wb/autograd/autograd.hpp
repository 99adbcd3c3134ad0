/// @file
/// Automatic differentiation at a glance: a tape, values on it, and the operations between them.
#pragma once

#include "wb/autograd/attention.hpp"       // attention: all heads in one operation
#include "wb/autograd/elementwise.hpp"     // + - *, relu, gelu, tanh, dropout
#include "wb/autograd/gradient_check.hpp"  // check_gradients: against central differences
#include "wb/autograd/layout.hpp"          // embedding, reshape, transpose, slice, concat, split_heads, merge_heads
#include "wb/autograd/losses.hpp"          // cross_entropy, cross_entropy_rows, mse, sum_all, mean_all, mean_over
#include "wb/autograd/parameter.hpp"       // Parameter, ParameterList
#include "wb/autograd/products.hpp"        // linear, matmul
#include "wb/autograd/softmax.hpp"         // softmax with masks, layer_norm
#include "wb/autograd/tape.hpp"            // Tape, Var
