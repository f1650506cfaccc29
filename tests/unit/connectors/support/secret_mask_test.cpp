#include "connectors/support/secret_mask.hpp"

#include "connectors/support/log.hpp"
#include "tests/pch.hpp"

#include <sstream>

namespace millrace {

TEST_CASE("Secrets are hidden where they stand by themselves", "[secrets]") {
    SecretMask mask;
    CHECK_FALSE(mask.hidden("nothing is known"));
    mask.add("swordfish");
    mask.add("a+b/c==");
    mask.add("abc");  // too short
    CHECK(mask.hide("password=swordfish;") == "password=[hidden];");
    CHECK(mask.hide("swordfish swordfish") == "[hidden] [hidden]");
    CHECK(mask.hide("swordfishes and a swordfish") == "swordfishes and a [hidden]");
    CHECK(mask.hide("token a+b/c== refused") == "token [hidden] refused");
    CHECK(mask.hide("abc") == "abc");
    CHECK_FALSE(mask.hidden("other words"));
    for (std::size_t i = 0; i < SecretMask::most_values; ++i) mask.add("renewed" + std::to_string(i));
    CHECK(mask.hide("swordfish renewed7") == "swordfish [hidden]");
}

TEST_CASE("Log lines are written without secrets", "[secrets]") {
    std::ostringstream out;
    LogControl log({.out = &out});
    const auto secrets = std::make_shared<SecretMask>();
    log.hide(secrets);
    secrets->add("swordfish");
    log.write(LogLevel::Error, "org.example", "", "login with swordfish failed");
    CHECK(out.str().find("login with [hidden] failed") != std::string::npos);
}

}
