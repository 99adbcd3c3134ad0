# How a kernel is compiled for the CPU: for wb_add_kernels below, and for the grader (cmake/Toolchain.cmake writes these into
# toolchain.json). A program has one build of kernels: objects of all its .cu files and the library wb_kernels_<build>. Everything
# else in it is compiled as usual.
if(NOT DEFINED WB_KERNEL_BUILDS)
  set(WB_KERNEL_BUILDS plain asan race)
endif()
if(NOT DEFINED WB_KERNEL_PROFILE)
  set(WB_KERNEL_PROFILE ON)
endif()
if(WB_KERNEL_PROFILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # clang takes float4 apart, and reads blockIdx from memory
  list(APPEND WB_KERNEL_BUILDS profile)
  list(REMOVE_DUPLICATES WB_KERNEL_BUILDS)
endif()

# -fno-strict-aliasing: CUDA code reads floats as float4. -Wno-unknown-pragmas: #pragma unroll.
set(common -std=c++20 -g -UNDEBUG -fno-strict-aliasing -Wall -Wextra -Wno-unknown-pragmas -Wno-unused-parameter)
set(bounds "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(bounds -fsanitize=bounds)  # its handler is the engine's
endif()

# Source lines in race reports: libbacktrace comes with GCC; without it addr2line is called.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES backtrace)
check_cxx_source_compiles("extern \"C\" void* backtrace_create_state(const char*, int, void*, void*);
  int main() { return backtrace_create_state(nullptr, 0, nullptr, nullptr) == nullptr; }" WB_HAS_LIBBACKTRACE)
unset(CMAKE_REQUIRED_LIBRARIES)
set(backtrace "")
if(WB_HAS_LIBBACKTRACE)
  set(backtrace -lbacktrace)
endif()

# Internal cache entries, so that every folder sees them.
function(wb_publish name)
  set(${name} "${ARGN}" CACHE INTERNAL "kernels/WbKernels.cmake")
endfunction()
wb_publish(WB_KERNEL_INCLUDE_DIRS ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/cpu)
wb_publish(WB_KERNEL_CXX_FLAGS_plain ${common} -O3)
wb_publish(WB_KERNEL_CXX_FLAGS_asan ${common} -O1 -fsanitize=address -fno-omit-frame-pointer ${bounds})
wb_publish(WB_KERNEL_CXX_FLAGS_race ${common} -O1 -fsanitize=thread)  # for its hooks only, which the engine defines
# Hooks at every access and basic block. float4 is to be moved whole (no scalar replacement), and blocks are to lie in the order of
# the source. Small device functions are inlined, as nvcc does with all.
wb_publish(WB_KERNEL_CXX_FLAGS_profile ${common} -O1 -DWB_PROFILE_BUILD -fsanitize=thread -fsanitize-coverage=trace-pc -fno-tree-sra
  -fno-reorder-blocks -fno-reorder-blocks-and-partition -fno-guess-branch-probability -finline-functions -finline-small-functions)
wb_publish(WB_KERNEL_LINK_FLAGS_plain)
wb_publish(WB_KERNEL_LINK_FLAGS_asan -fsanitize=address)
wb_publish(WB_KERNEL_LINK_FLAGS_race ${backtrace})  # after the engine's library
wb_publish(WB_KERNEL_LINK_FLAGS_profile ${backtrace})
wb_publish(WB_COMPILE_KERNELS ${CMAKE_CURRENT_LIST_DIR}/nvcc/compile-kernels)

# wb_add_kernels(target BUILD plain|asan|race|profile SOURCES a.cu ...)
# Adds the kernels of these files to the target, in this build, with the engine.
function(wb_add_kernels target)
  cmake_parse_arguments(arg "" "BUILD" "SOURCES" ${ARGN})
  if(NOT arg_BUILD IN_LIST WB_KERNEL_BUILDS)
    message(FATAL_ERROR "wb_add_kernels(${target}): BUILD is \"${arg_BUILD}\". Give one of: ${WB_KERNEL_BUILDS}")
  endif()
  set(objects ${target}_${arg_BUILD}_cu)
  foreach(source ${arg_SOURCES})
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(GET source STEM stem)
    set(rewritten ${CMAKE_CURRENT_BINARY_DIR}/${objects}/${stem}.cu.cpp)
    add_custom_command(OUTPUT ${rewritten} COMMAND kernel-rewriter ${source} ${rewritten}
      DEPENDS ${source} kernel-rewriter COMMENT "Rewriting ${stem}.cu" VERBATIM)
    cmake_path(GET source PARENT_PATH folder)
    list(APPEND rewritten_sources ${rewritten})
    list(APPEND folders ${folder})
  endforeach()
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${objects})
  list(REMOVE_DUPLICATES folders)
  add_library(${objects} OBJECT ${rewritten_sources})
  target_compile_options(${objects} PRIVATE ${WB_KERNEL_CXX_FLAGS_${arg_BUILD}} ${WB_ARCH_FLAGS})
  target_include_directories(${objects} PRIVATE ${folders} ${WB_KERNEL_INCLUDE_DIRS} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../library $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  target_link_libraries(${target} PRIVATE ${objects} wb_kernels_${arg_BUILD})
endfunction()

# wb_add_nvcc_test(name [INCLUDES dir ...] SOURCES a.cu ...)
# A test that compiles these files unchanged with nvcc for sm_80 and sm_90 and fails on spills; skipped where there is no nvcc.
function(wb_add_nvcc_test name)
  cmake_parse_arguments(arg "" "" "INCLUDES;SOURCES" ${ARGN})
  set(includes "")
  foreach(dir ${arg_INCLUDES} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../library ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
    list(APPEND includes -I ${dir})
  endforeach()
  add_test(NAME ${name} COMMAND ${WB_COMPILE_KERNELS} $<TARGET_FILE:ptxas-table> ${includes} ${arg_SOURCES}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
