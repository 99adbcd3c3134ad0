/// @file
/// Layers at a glance.
#pragma once

#include "wb/nn/layers.hpp"                // Linear, Embedding, LayerNorm, FeedForward
#include "wb/nn/model_weights.hpp"         // ModelWeights: parameters as plain data
#include "wb/nn/multi_head_attention.hpp"  // MultiHeadAttention
#include "wb/nn/positions.hpp"             // sinusoidal_positions
