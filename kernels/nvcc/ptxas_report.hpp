/// @file
/// What `nvcc -Xptxas -v` says about each kernel, as a table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wb::nvcc {

/// One kernel compiled for one GPU. Sizes in bytes, per thread but for `shared`.
struct KernelUse {
    std::string name;  ///< demangled
    std::string gpu;   ///< sm_80
    int registers = 0, stack = 0, spill_stores = 0, spill_loads = 0, shared = 0, constant = 0;
    bool complete = false;  ///< its `Used .. registers` line was there
};

/// "wb::tile<64>" of "_ZN2wb4tileILi64EEEvPf": a function's mangled name without return type, parameters and anonymous namespaces.
std::string readable_name(std::string_view symbol);

/// The kernels in ptxas's order; other lines of the compiler are passed over.
std::vector<KernelUse> read_ptxas(std::string_view output);

/// One line a kernel and GPU, under a heading; a spill is marked.
std::string table(const std::vector<KernelUse>& kernels);

/// Whether any kernel spills registers to memory, or was not reported whole.
bool has_fault(const std::vector<KernelUse>& kernels);

}  // namespace wb::nvcc
