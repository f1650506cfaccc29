# Tests of the built worker: golden cases, one entry each, and the end-to-end tests, one entry a file. They need the services whose
# addresses tests/run exports. The longest come first (COST), so that the end does not wait for one of them. All golden cases share one worker, which lives in MILLRACE_TEST_DIR.
set(python ${CMAKE_CURRENT_SOURCE_DIR}/support/python)
set(worker_environment "MILLRACE_WORKER=${CMAKE_BINARY_DIR}/bin/connect-distributed;MILLRACE_PLUGINS=${CMAKE_BINARY_DIR}/plugins")

add_test(NAME golden-worker.start COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/worker start)
add_test(NAME golden-worker.stop COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/worker stop)
set_tests_properties(golden-worker.start PROPERTIES FIXTURES_SETUP golden_worker ENVIRONMENT "${worker_environment}" TIMEOUT 120)
set_tests_properties(golden-worker.stop PROPERTIES FIXTURES_CLEANUP golden_worker TIMEOUT 120)
file(GLOB cases CONFIGURE_DEPENDS golden/cases/*/connector.json)
foreach(case IN LISTS cases)
  cmake_path(GET case PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  add_test(NAME golden.${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/run ${name})
  set_tests_properties(golden.${name} PROPERTIES FIXTURES_REQUIRED golden_worker LABELS golden TIMEOUT 300 ENVIRONMENT "${worker_environment}")
endforeach()

# Plugins that go wrong on demand, for the end-to-end tests alone.
add_library(troubled_sink MODULE ${CMAKE_CURRENT_SOURCE_DIR}/e2e/plugins/troubled_sink.cpp)
target_link_libraries(troubled_sink PRIVATE millrace::api millrace_options)
set_target_properties(troubled_sink PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-plugins PREFIX "")

file(GLOB transcripts CONFIGURE_DEPENDS golden/rest/*/steps.jsonl)
foreach(transcript IN LISTS transcripts)
  cmake_path(GET transcript PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  add_test(NAME golden.rest-${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/run ${folder})
  set_tests_properties(golden.rest-${name} PROPERTIES LABELS golden PROCESSORS 2 COST 100 TIMEOUT 300 ENVIRONMENT "${worker_environment}")
endforeach()

file(GLOB files CONFIGURE_DEPENDS e2e/test_*.py)
foreach(file IN LISTS files)
  cmake_path(GET file STEM name)
  string(REGEX REPLACE "^test_" "" name ${name})
  add_test(NAME e2e.${name} COMMAND ${python} -m pytest -q -x -p no:cacheprovider ${file} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/e2e)
  set_tests_properties(e2e.${name} PROPERTIES LABELS e2e PROCESSORS 2 COST 200 TIMEOUT 900 ENVIRONMENT "${worker_environment};MILLRACE_BUILD=${CMAKE_BINARY_DIR}")
  # They share images and cpack's folders, and each starts a cluster. One after the other they take longest, so they come first.
  if(name MATCHES "^(compose|container_failures|container_memory|containers|package|terraform)$")
    set_tests_properties(e2e.${name} PROPERTIES RESOURCE_LOCK containers COST 300 TIMEOUT 1500)
  endif()
endforeach()

# 100,000 records and settings that nobody has seen before, through the Java classes and ours.
add_test(NAME differential.transforms COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/connectors/transforms/recorder/compare $<TARGET_FILE:unit_connectors>
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(differential.transforms PROPERTIES LABELS differential COST 150 TIMEOUT 600)

# The same for Avro: a reader and writer of another make, in both directions.
add_test(NAME differential.avro COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/connectors/avro/fastavro/compare $<TARGET_FILE:unit_connectors>
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(differential.avro PROPERTIES LABELS differential TIMEOUT 600)

# What a broker stores, read by the librdkafka that is built here, with its patches, and by another one.
add_executable(read_batches ${CMAKE_CURRENT_SOURCE_DIR}/librdkafka/read_batches.cpp)
millrace_link(read_batches worker_kafka support)
add_test(NAME differential.batches COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/librdkafka/compare $<TARGET_FILE:read_batches>)
set_tests_properties(differential.batches PROPERTIES LABELS differential PROCESSORS 2 TIMEOUT 600)

# And for Protobuf.
add_test(NAME differential.protobuf COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/connectors/protobuf/python/compare $<TARGET_FILE:unit_connectors>
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(differential.protobuf PROPERTIES LABELS differential COST 150 TIMEOUT 600)
