/// Whether what a key store gives can stand for one side of a connection.
///
/// Input   PEM texts, which may be the same one, and the password of a key that is encrypted.
/// Output  why they will not do, in words that name the owners of certificates; "" if they will.
/// Facts   RFC 8446, 4.4.2: the own certificate comes first, then that of the authority which has signed it.
#pragma once
#include <string>

namespace millrace {

std::string key_pair_problem(const std::string& certificate_chain, const std::string& private_key,
                             const std::string& password);

}
