#include "rest/http/request.hpp"

#include <algorithm>

namespace millrace::rest {

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

void Headers::add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

void Headers::set(std::string_view name, std::string value) {
    std::erase_if(fields_, [&](const Field& field) { return equal_ignoring_case(field.first, name); });
    add(std::string(name), std::move(value));
}

const std::string* Headers::find(std::string_view name) const noexcept {
    for (const auto& [field, value] : fields_) {
        if (equal_ignoring_case(field, name)) return &value;
    }
    return nullptr;
}

std::optional<std::string> Headers::joined(std::string_view name) const {
    std::optional<std::string> all;
    for (const auto& [field, value] : fields_) {
        if (equal_ignoring_case(field, name)) all = all ? *all + ", " + value : value;
    }
    return all;
}

std::optional<std::string_view> find(const Query& query, std::string_view name) noexcept {
    const auto found = std::ranges::find(query, name, [](const auto& p) -> std::string_view { return p.first; });
    return found == query.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

Response json_response(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.headers.add("Content-Type", "application/json");
    return response;
}

Response empty_response(int status) { return {.status = status}; }

std::string_view reason_phrase(int status) noexcept {
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Request Entity Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Server Error";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "";
    }
}

}
