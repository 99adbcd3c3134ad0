# toolchain.json: how the grader compiles and links a submission by itself, one file at a time, without CMake.
# Its reader is grader/submission/toolchain.hpp.

# Submissions are compiled with warnings shown, never as errors: a student's unused variable is not our business.
set(submission_flags -std=c++20 ${WB_ARCH_FLAGS} -fopenmp -DXTENSOR_USE_XSIMD -Wall -Wextra -Wno-unused-parameter)
set(include_dirs ${CMAKE_SOURCE_DIR}/library ${CMAKE_SOURCE_DIR}/kernels)

# One precompiled header a set of flags: most of a submission's compile time is xtensor. Not the whole of wb/workbook.hpp: what an
# exercise withholds (chapter.toml) must not be in it, for g++ does not list the headers inside a precompiled one.
set(pch_headers wb/errors.hpp wb/matmul.hpp wb/random.hpp wb/shape_checks.hpp wb/tensor.hpp wb/vector_math.hpp wb/autograd/tape.hpp)
list(TRANSFORM pch_headers REPLACE "(.+)" "#include \"\\1\"\n" OUTPUT_VARIABLE pch_includes)
list(JOIN pch_includes "" pch_includes)
set(plain_flags ${submission_flags} -g -O3)
set(mutant_flags ${submission_flags} -O0)  # over a thousand of them, each compiled once, run for a second and never debugged
foreach(build plain mutant)
  set(header ${CMAKE_BINARY_DIR}/pch/${build}/wb_pch.hpp)
  file(GENERATE OUTPUT ${header} CONTENT "${pch_includes}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(compiled ${header}.pch)
    set(${build}_pch_flags -include-pch ${compiled})
  else()
    set(compiled ${header}.gch)
    set(${build}_pch_flags -include ${header} -Winvalid-pch)
  endif()
  list(TRANSFORM include_dirs PREPEND -I OUTPUT_VARIABLE include_flags)
  add_custom_command(OUTPUT ${compiled}
    COMMAND ${CMAKE_CXX_COMPILER} ${${build}_flags} ${include_flags} -x c++-header ${header} -o ${compiled} -MD -MF ${compiled}.d
    DEPENDS ${header} DEPFILE ${compiled}.d COMMENT "Precompiling the workbook's headers (${build})" COMMAND_EXPAND_LISTS VERBATIM)
  list(APPEND pch_files ${compiled})
endforeach()

# A CMake list as a JSON list of strings.
function(wb_json_strings out)
  list(TRANSFORM ARGN REPLACE "(.+)" "\"\\1\"")
  list(JOIN ARGN ", " text)
  set(${out} "[${text}]" PARENT_SCOPE)
endfunction()

wb_json_strings(link_json ${WB_LINKER_FLAGS} -fopenmp -pthread)
wb_json_strings(include_json ${include_dirs})
wb_json_strings(cxx_json ${plain_flags})
wb_json_strings(cxx_pch_json ${plain_pch_flags})
wb_json_strings(mutant_json ${mutant_flags})
wb_json_strings(mutant_pch_json ${mutant_pch_flags})

set(kernels_json "")
set(base_targets workbook-cli kernel-rewriter wb_library)  # what every chapter needs
foreach(build ${WB_KERNEL_BUILDS})
  wb_json_strings(flags ${WB_KERNEL_CXX_FLAGS_${build}} ${WB_ARCH_FLAGS})
  wb_json_strings(link ${WB_KERNEL_LINK_FLAGS_${build}})
  wb_json_strings(dirs ${WB_KERNEL_INCLUDE_DIRS})
  list(APPEND kernels_json "\"${build}\": {\"flags\": ${flags}, \"link_flags\": ${link}, \"include_dirs\": ${dirs}, \"libraries\": [\"$<TARGET_FILE:wb_kernels_${build}>\", \"-lboost_context\", \"-ldl\"]}")
  list(APPEND base_targets wb_kernels_${build})
endforeach()
list(JOIN kernels_json ",\n    " kernels_json)

get_property(chapters GLOBAL PROPERTY WB_CHAPTERS)
set(chapters_json "")
set(desk_targets "")
foreach(chapter ${chapters})
  set(demos "")
  get_property(chapter_demos GLOBAL PROPERTY WB_DEMOS_${chapter})
  foreach(demo ${chapter_demos})
    list(APPEND demos "\"${demo}\": [\"$<JOIN:$<TARGET_OBJECTS:demo_${demo}>,\", \">\"]")
    list(APPEND desk_targets demo_${demo})
  endforeach()
  list(JOIN demos ", " demos)
  add_custom_target(desk_${chapter} DEPENDS judge_${chapter} worker_${chapter})
  set(cases "\"cases\": \"${CMAKE_SOURCE_DIR}/tests/${chapter}/cases\"")  # the student edition has them ready
  if(TARGET make_cases_${chapter})
    set(cases "\"case_maker\": \"$<TARGET_FILE:make_cases_${chapter}>\"")
    add_dependencies(desk_${chapter} make_cases_${chapter})
  endif()
  get_property(edition_sources GLOBAL PROPERTY WB_EDITION_SOURCES_${chapter})
  wb_json_strings(edition_sources ${edition_sources})
  list(APPEND chapters_json "\"${chapter}\": {\"judge\": \"$<TARGET_FILE:judge_${chapter}>\", ${cases}, \"edition_sources\": ${edition_sources},
      \"worker_objects\": [\"$<JOIN:$<TARGET_OBJECTS:worker_${chapter}>;$<TARGET_OBJECTS:wb_worker>,\", \">\"],
      \"libraries\": [\"$<TARGET_FILE:wb_library>\", \"-lopenblas\", \"-lfmt\", \"-lz\"], \"demos\": {${demos}}}")
  list(APPEND desk_targets desk_${chapter})
endforeach()
list(JOIN chapters_json ",\n    " chapters_json)

set(benchmarks_json "")
get_property(benchmarks GLOBAL PROPERTY WB_BENCHMARK_TARGETS)
foreach(benchmark ${benchmarks})
  list(APPEND benchmarks_json "\"${benchmark}\": \"$<TARGET_FILE:${benchmark}>\"")
endforeach()
list(JOIN benchmarks_json ", " benchmarks_json)

file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/toolchain.json CONTENT
"{\"schema\": 1, \"source_dir\": \"${CMAKE_SOURCE_DIR}\", \"build_dir\": \"${CMAKE_BINARY_DIR}\",
  \"compiler\": \"${CMAKE_CXX_COMPILER}\", \"rewriter\": \"$<TARGET_FILE:kernel-rewriter>\",
  \"link_flags\": ${link_json},
  \"include_dirs\": ${include_json},
  \"cxx\": {\"flags\": ${cxx_json}, \"pch_flags\": ${cxx_pch_json}},
  \"mutant_cxx\": {\"flags\": ${mutant_json}, \"pch_flags\": ${mutant_pch_json}},
  \"kernels\": {
    ${kernels_json}},
  \"chapters\": {
    ${chapters_json}},
  \"benchmarks\": {${benchmarks_json}}
}
")

# Everything that grading needs; ./workbook builds this, or one chapter's part of it, before it hands over.
# Precompiled headers by themselves: a command takes on all that its target depends on, and these wait for nothing.
add_custom_target(submission_headers DEPENDS ${pch_files})
add_custom_target(desk_base DEPENDS ${base_targets})
add_dependencies(desk_base submission_headers)
foreach(chapter ${chapters})
  add_dependencies(desk_${chapter} desk_base)
endforeach()
add_custom_target(desk DEPENDS ${desk_targets})
