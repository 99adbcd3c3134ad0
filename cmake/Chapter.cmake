# What every chapter is built into. A chapter's folders list their own files.

# wb_add_chapter(NN_name BINDINGS worker.cpp ...)
# Builds the objects of a worker: everything but the submission, which the grader compiles and links.
function(wb_add_chapter name)
  cmake_parse_arguments(arg "" "" "BINDINGS" ${ARGN})
  set_property(GLOBAL APPEND PROPERTY WB_CHAPTERS ${name})
  add_library(worker_${name} OBJECT ${arg_BINDINGS})
  target_include_directories(worker_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${WB_KERNEL_INCLUDE_DIRS})
  target_link_libraries(worker_${name} PUBLIC wb_worker)
  wb_precompile(worker_${name})
endfunction()

# wb_add_demo(NN_name DEMO demo.cpp ...)
# The same for a demo of the chapter, which is linked with the submission too: ./workbook run DEMO. A chapter may have several.
function(wb_add_demo name demo)
  set_property(GLOBAL APPEND PROPERTY WB_DEMOS_${name} ${demo})
  add_library(demo_${demo} OBJECT ${ARGN})
  target_include_directories(demo_${demo} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${WB_KERNEL_INCLUDE_DIRS})
  target_link_libraries(demo_${demo} PUBLIC wb_options wb_library)
  wb_precompile(demo_${demo})
endfunction()

# wb_add_judge(NN_name TESTS a_test.cpp ... [TRUSTED model_target] [TRUSTED_SOURCES a.cpp ...] [EDITION_SOURCES b.cpp ...])
# TESTS are in the student edition too; what they include must not lead to an oracle (tests/quality/edition_sources.py).
# A judge cannot know beforehand what weights a submission will train: in the full workbook it measures them by a trusted model of its
# own. EDITION_SOURCES stand in for that where WB_EDITION is on, since a trusted model is a solution.
function(wb_add_judge name)
  cmake_parse_arguments(arg "" "" "TESTS;TRUSTED;TRUSTED_SOURCES;EDITION_SOURCES" ${ARGN})
  if(WB_EDITION)
    add_executable(judge_${name} ${arg_TESTS} ${arg_EDITION_SOURCES})
  else()
    add_executable(judge_${name} ${arg_TESTS} ${arg_TRUSTED_SOURCES})
    target_link_libraries(judge_${name} PRIVATE ${arg_TRUSTED})
    if(arg_EDITION_SOURCES)  # compiled here too, so that they stay in step
      add_library(edition_${name} OBJECT ${arg_EDITION_SOURCES})
      target_include_directories(edition_${name} PRIVATE ${CMAKE_SOURCE_DIR}/chapters/${name})
      target_link_libraries(edition_${name} PRIVATE wb_judge)
      wb_precompile(edition_${name})
    endif()
  endif()
  target_include_directories(judge_${name} PRIVATE ${CMAKE_SOURCE_DIR}/chapters/${name})
  target_link_libraries(judge_${name} PRIVATE wb_judge_main wb_judge)
  wb_precompile(judge_${name})
  list(TRANSFORM arg_TESTS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(TRANSFORM arg_EDITION_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set_property(GLOBAL APPEND PROPERTY WB_EDITION_JUDGE_SOURCES ${arg_TESTS} ${arg_EDITION_SOURCES})
  set_property(GLOBAL PROPERTY WB_EDITION_SOURCES_${name} ${arg_TESTS} ${arg_EDITION_SOURCES})  # for ./workbook export
endfunction()

# wb_add_case_maker(NN_name SOURCES make_cases.cpp ... [ORACLES oracle_target] [DEFINITIONS NAME=value ...])
# Questions and the oracles' answers, made before grading. Called in a chapter's cases.cmake, which the student edition lacks: its cases are
# made already.
function(wb_add_case_maker name)
  cmake_parse_arguments(arg "" "" "SOURCES;ORACLES;DEFINITIONS" ${ARGN})
  add_executable(make_cases_${name} ${arg_SOURCES})
  target_include_directories(make_cases_${name} PRIVATE ${CMAKE_SOURCE_DIR}/chapters/${name} ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(make_cases_${name} PRIVATE ${arg_DEFINITIONS})
  target_link_libraries(make_cases_${name} PRIVATE wb_case_maker_main wb_judge ${arg_ORACLES})
  wb_precompile(make_cases_${name})
endfunction()

# wb_add_reference_kernels(NN_name a.cu ...)
# The solutions' kernels compile with nvcc as they are, without spills: where solutions/ is.
function(wb_add_reference_kernels name)
  set(folder ${CMAKE_SOURCE_DIR}/solutions/${name})
  if(EXISTS ${folder})
    list(TRANSFORM ARGN PREPEND ${folder}/ OUTPUT_VARIABLE kernels)
    wb_add_nvcc_test(kernels.nvcc.${name} INCLUDES ${CMAKE_SOURCE_DIR}/chapters/${name} SOURCES ${kernels})
  endif()
endfunction()
