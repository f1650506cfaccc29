variable "cluster_address" {
  description = "host:port of the workers' REST API, where TLS ends"
  type        = string
}

variable "cluster_username" {
  type    = string
  default = "admin"
}

variable "cluster_password" {
  type      = string
  sensitive = true
}

variable "connector_name" {
  type    = string
  default = "replicator"
}

variable "database_host" {
  type = string
}

variable "database_port" {
  type    = number
  default = 5432
}

variable "database_name" {
  type    = string
  default = "postgres"
}

variable "database_user" {
  type    = string
  default = "replicator"
}

variable "database_password" {
  type      = string
  sensitive = true
}
