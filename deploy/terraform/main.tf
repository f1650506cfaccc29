# A PostgreSQL connector of a cluster of workers behind TLS and a password, for the provider Mongey/kafka-connect.
#
#   export TF_VAR_cluster_password=... TF_VAR_database_password=...
#   terraform init
#   terraform apply -var cluster_address=connect.example.org:8443 -var database_host=db.example.org
#
# An authority of one's own: SSL_CERT_FILE=ca.crt (the provider's tls_root_ca_file does nothing).
terraform {
  required_providers {
    kafka-connect = {
      source  = "Mongey/kafka-connect"
      version = ">= 0.4.0"
    }
  }
}

provider "kafka-connect" {
  url                 = "https://${var.cluster_address}"
  basic_auth_username = var.cluster_username
  basic_auth_password = var.cluster_password
}

resource "kafka-connect_connector" "replicator" {
  name = var.connector_name

  config = {
    "name"            = var.connector_name
    "connector.class" = "io.debezium.connector.postgresql.PostgresConnector"
    "tasks.max"       = "1"

    "database.hostname"      = var.database_host
    "database.port"          = tostring(var.database_port)
    "database.dbname"        = var.database_name
    "database.user"          = var.database_user
    "database.ssl.mode"      = "require"
    "database.server.name"   = "replicator"
    "plugin.name"            = "wal2json"
    "slot.name"              = "replicator"
    "snapshot.mode"          = "initial"
    "table.include.list"     = "public.tab1"
    "include.schema.changes" = "true"
    "include.query"          = "true"
    "decimal.handling.mode"  = "double"

    "heartbeat.interval.ms"  = "30000"
    "heartbeat.action.query" = "update heartbeat set at = now()"

    "_aiven.restart.on.failure" = "true"
  }

  config_sensitive = {
    "database.password" = var.database_password
  }
}
