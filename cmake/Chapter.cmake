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

# wb_add_judge(NN_name TESTS a_test.cpp ... CASES make_cases.cpp ... [ORACLES oracle_target] [TRUSTED model_target])
# Oracles make cases beforehand; a trusted model is linked into the judge, which cannot know beforehand what weights it will be given.
function(wb_add_judge name)
  cmake_parse_arguments(arg "" "" "TESTS;CASES;ORACLES;TRUSTED" ${ARGN})
  add_executable(judge_${name} ${arg_TESTS})
  target_include_directories(judge_${name} PRIVATE ${CMAKE_SOURCE_DIR}/chapters/${name})
  target_link_libraries(judge_${name} PRIVATE wb_judge_main wb_judge ${arg_TRUSTED})
  add_executable(make_cases_${name} ${arg_CASES})
  target_include_directories(make_cases_${name} PRIVATE ${CMAKE_SOURCE_DIR}/chapters/${name} ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(make_cases_${name} PRIVATE wb_case_maker_main wb_judge ${arg_ORACLES})
  wb_precompile(judge_${name} make_cases_${name})
endfunction()
