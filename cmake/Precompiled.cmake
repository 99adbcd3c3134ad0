# One precompiled header for the workbook's own code: most of a file's compile time is xtensor, GoogleTest and JSON.
# Only foreign headers and the standard library: an edit of ours never compiles everything anew. The presets of clang go without:
# a file that forgets an #include is found, and clang-tidy need not look through all of these headers for each file.
option(WB_PRECOMPILE "Precompile the foreign headers" ON)

if(WB_PRECOMPILE)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "// The precompiled header's owner; it holds nothing.\n")
  add_library(wb_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(wb_precompiled PRIVATE wb_options xtensor GTest::gmock nlohmann_json::nlohmann_json)
  target_precompile_headers(wb_precompiled PRIVATE
    <algorithm> <array> <atomic> <chrono> <cmath> <cstddef> <cstdint> <filesystem> <fstream> <functional> <iostream> <limits> <map>
    <memory> <mutex> <numeric> <optional> <random> <set> <span> <sstream> <stdexcept> <string> <string_view> <tuple> <utility> <vector>
    <gmock/gmock.h> <nlohmann/json.hpp> <xtensor/xtensor.hpp>)
endif()

# wb_precompile(target ...)  These targets, which link wb_options and change none of its flags, use it.
function(wb_precompile)
  if(WB_PRECOMPILE)
    foreach(target ${ARGN})
      target_precompile_headers(${target} REUSE_FROM wb_precompiled)
      # Of a precompiled std::string g++ 12 forgets that it is a system header, and warns falsely of its insides.
      target_compile_options(${target} PRIVATE "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow>")
    endforeach()
  endif()
endfunction()
