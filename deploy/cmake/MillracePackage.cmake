# The Debian package: `cpack -G DEB` in a build folder in which `programs` is built. It holds the programs, the plugins, samples, a
# systemd unit and a file of settings; the SDK is not in it. What the programs need of other packages dpkg-shlibdeps finds out.
find_package(Boost 1.81 QUIET)
find_package(RdKafka QUIET)
# What is linked in, for the image's bill of materials: dpkg knows nothing of it. Name, version, licence.
string(CONFIGURE "librdkafka\t@RdKafka_VERSION@\tBSD-2-Clause
boost\t@Boost_VERSION_STRING@\tBSL-1.0
rapidjson\t1.1.0\tMIT
cli11\t2.1.2\tBSD-3-Clause
" linked_in @ONLY)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/package/linked-in CONTENT "${linked_in}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/package/conffiles CONTENT "/etc/millrace/connect-distributed.properties\n")

# Only packages have these: `cmake --install` writes nothing outside its prefix.
install(FILES ${CMAKE_SOURCE_DIR}/deploy/systemd/millrace.service DESTINATION /lib/systemd/system COMPONENT system EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/systemd/connect-distributed.properties DESTINATION /etc/millrace COMPONENT system EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_BINARY_DIR}/package/linked-in DESTINATION share/millrace COMPONENT system EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME millrace)
set(CPACK_PACKAGE_CONTACT "Millrace maintainers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "worker for connectors: Kafka Connect and Debezium's PostgreSQL source, native")
set(CPACK_COMPONENTS_ALL worker samples system)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata, passwd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/package/conffiles
  ${CMAKE_SOURCE_DIR}/deploy/systemd/postinst ${CMAKE_SOURCE_DIR}/deploy/systemd/prerm ${CMAKE_SOURCE_DIR}/deploy/systemd/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
