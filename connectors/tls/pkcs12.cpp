#include "connectors/tls/pkcs12.hpp"

namespace millrace {

namespace {

struct BagsDeleter {
    void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const noexcept {
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    }
};
struct SafesDeleter {
    void operator()(STACK_OF(PKCS7) * safes) const noexcept { sk_PKCS7_pop_free(safes, PKCS7_free); }
};
using BagsPtr = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), BagsDeleter>;
using SafesPtr = std::unique_ptr<STACK_OF(PKCS7), SafesDeleter>;
using KeyInfoPtr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)>;

BagsPtr bags_of(PKCS7* safe, const std::string& password) {
    if (PKCS7_type_is_data(safe) != 0) return BagsPtr(PKCS12_unpack_p7data(safe));
    if (PKCS7_type_is_encrypted(safe) == 0) return nullptr;
    return BagsPtr(PKCS12_unpack_p7encdata(safe, password.c_str(), static_cast<int>(password.size())));
}

std::string alias_of(PKCS12_SAFEBAG* bag) {
    char* name = PKCS12_get_friendlyname(bag);
    std::string alias = name == nullptr ? "" : name;
    OPENSSL_free(name);
    return alias;
}

Pkcs12Key key_of(PKCS12_SAFEBAG* bag, const std::string& password) {
    Pkcs12Key found{.alias = alias_of(bag)};
    KeyInfoPtr info(PKCS12_decrypt_skey(bag, password.c_str(), static_cast<int>(password.size())),
                    &PKCS8_PRIV_KEY_INFO_free);
    // Without a password may mean an empty one, or none at all.
    if (!info && password.empty()) info.reset(PKCS12_decrypt_skey(bag, nullptr, 0));
    if (info) found.key.reset(EVP_PKCS82PKEY(info.get()));
    return found;
}

Pkcs12Key open_key_of(PKCS12_SAFEBAG* bag) {
    Pkcs12Key found{.alias = alias_of(bag)};
    found.key.reset(EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
    return found;
}

}

std::vector<Pkcs12Key> pkcs12_keys(const PKCS12* file, const std::string& store_password,
                                   const std::string& key_password) {
    std::vector<Pkcs12Key> keys;
    const SafesPtr safes(PKCS12_unpack_authsafes(file));
    for (int i = 0; safes && i < sk_PKCS7_num(safes.get()); ++i) {
        const auto bags = bags_of(sk_PKCS7_value(safes.get(), i), store_password);
        for (int b = 0; bags && b < sk_PKCS12_SAFEBAG_num(bags.get()); ++b) {
            auto* bag = sk_PKCS12_SAFEBAG_value(bags.get(), b);
            const auto kind = PKCS12_SAFEBAG_get_nid(bag);
            if (kind == NID_pkcs8ShroudedKeyBag) keys.push_back(key_of(bag, key_password));
            if (kind == NID_keyBag) keys.push_back(open_key_of(bag));
        }
    }
    return keys;
}

}
