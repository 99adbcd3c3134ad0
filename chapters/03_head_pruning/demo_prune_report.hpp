/// @file
/// What a model without some of its heads is worth, and what it saves: the downstream report of exercise 3.7, about a model whose heads
/// were taken out for good (3.6). Given code, for the demo `prune`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pruning_task.hpp"

namespace wb::demo {

/// Takes the first `count` heads of an order out, and prints the model's figures before and after, on the reported part.
void print_report(const Task& task, const std::string& method, const std::vector<std::size_t>& order,
                  std::size_t count);

}  // namespace wb::demo
