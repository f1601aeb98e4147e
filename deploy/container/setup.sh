#!/bin/sh
# Makes the secrets that the services share, each once: the token by which Prometheus reads the metrics, which is the first
# one and so the one that lets the daemon listen among the containers, and the password of Grafana's admin. Nothing of them is
# printed. It may run any number of times; a token that was revoked or belongs to other data is replaced.
# 生成各服务共用的密钥：Prometheus 的令牌（也是第一个令牌）和 Grafana 管理员口令。可重复执行；令牌被撤销后会换新的。
set -eu
secrets=${KAOHE_SECRETS:-/run/kaohe}
umask 027 # the group reads: the services that need a secret are in it

# keep FILE puts what comes in into a file, which appears at once with all of it.
keep() { cat >"$1.new" && mv "$1.new" "$1"; }

# A token is kaohe_ID_SECRET, and the list begins with the ID.
live() {
  [ -s "$1" ] || return 1
  id=$(cut -d_ -f2 "$1")
  kaohe token list -o csv | grep -q "^$id,.*,live,"
}

token=$secrets/token/prometheus
if ! live "$token"; then
  name=prometheus-$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n') # a name is given once
  made=$(kaohe token create --org '*' --can read --name "$name")
  printf '%s\n' "$made" | keep "$token"
fi

password=$secrets/grafana/admin-password
[ -s "$password" ] || head -c 18 /dev/urandom | base64 | tr -d '\n' | keep "$password"
