/// @file
/// Layers at a glance.
#pragma once

#include "wb/nn/layers.hpp"                // Linear, Embedding, LayerNorm, FeedForward, sinusoidal_positions
#include "wb/nn/multi_head_attention.hpp"  // MultiHeadAttention
