#!/bin/sh
# Written by kadm. keepalived asks each second whether the API server of this machine can serve; every other answer fails.
code=$(curl --silent --output /dev/null --write-out '%{http_code}' --noproxy '*' --max-time 2 \
  --cacert '/etc/kubernetes/pki/ca.crt' --resolve 'kubernetes:6443:192.168.56.10' 'https://kubernetes:6443/readyz')
case $code in
  # 401 and 403: the API server answers, but allows no anonymous requests.
  200 | 401 | 403) exit 0 ;;
esac
exit 1
