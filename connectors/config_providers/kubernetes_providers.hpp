/// Values from Secrets and ConfigMaps of Kubernetes: ${secrets:namespace/name:key}, or ${secrets:name:key} for the
/// pod's own namespace. A key with * stands for all that match it, by name, one after the other: *.crt.
///
/// Who asks  the pod's service account, which needs the right `get`.
/// Errors    ConfigException naming the resource, also outside of Kubernetes; a key that is not there is left out, and
///           the reference stays as it is.
/// Facts     Strimzi's kafka-kubernetes-config-provider, whose classes an operator's worker file names; Kubernetes API,
///           "Accessing the API from within a Pod".
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>

namespace millrace::config_providers {

/// How a pod reaches the API server.
struct PodAccess {
    std::string url;     ///< without a slash at its end; empty outside of Kubernetes
    std::string folder;  ///< the service account's: token, ca.crt and namespace
};
PodAccess access_of_this_pod();

class KubernetesConfigProvider : public ConfigProvider {
public:
    void configure(const Settings&) override {}
    Settings get(std::string_view path, std::span<const std::string> keys) override;

protected:
    KubernetesConfigProvider(std::string_view kind, std::string_view plural, PodAccess access);

private:
    /// What is there, decoded.
    virtual std::string value_of(std::string_view data) const = 0;
    std::string ask(const std::string& space, const std::string& name) const;

    std::string_view kind_, plural_;
    PodAccess access_;
};

class KubernetesSecretConfigProvider final : public KubernetesConfigProvider {
public:
    explicit KubernetesSecretConfigProvider(PodAccess access = access_of_this_pod());

private:
    std::string value_of(std::string_view data) const override;
};

class KubernetesConfigMapConfigProvider final : public KubernetesConfigProvider {
public:
    explicit KubernetesConfigMapConfigProvider(PodAccess access = access_of_this_pod());

private:
    std::string value_of(std::string_view data) const override { return std::string(data); }
};

}
