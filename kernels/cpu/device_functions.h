/// @file
/// CUDA has a header of this name; what it declares is in cuda_runtime.h here.
#pragma once
#include "cuda_runtime.h"
