/// A client's key and certificate out of PKCS#12, as pgjdbc takes them and libpq does not, in files of this process's
/// memory that libpq reads.
///
/// Input   sslkey=NAME.p12 or .pfx among libpq's keywords, with sslpassword.
/// Output  sslkey and sslcert name the memory files; sslpassword is gone.
/// State   the files: they live as long as this, and a connection wants them until it is made.
/// Throws  ConnectException naming the file, never the password.
/// Facts   pgjdbc, "Configuring the Client"; libpq manual, "Client Certificates".
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace millrace::postgres {

using Keywords = std::vector<std::pair<std::string, std::string>>;

class ClientIdentity {
public:
    /// Leaves `keywords` as they are where they name no PKCS#12.
    explicit ClientIdentity(Keywords& keywords);
    ~ClientIdentity();
    ClientIdentity(const ClientIdentity&) = delete;
    ClientIdentity& operator=(const ClientIdentity&) = delete;

private:
    int key_ = -1;
    int certificates_ = -1;
};

}
