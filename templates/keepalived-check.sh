#!/bin/sh
# Written by kadm. keepalived asks each second whether the API server of this machine can serve; every other answer fails.
code=$(curl --silent --output /dev/null --write-out '%{http_code}' --noproxy '*' --max-time @{seconds} \
  --cacert '@{ca}' --resolve 'kubernetes:@{port}:@{address}' 'https://kubernetes:@{port}/readyz')
case $code in
  # 401 and 403: the API server answers, but allows no anonymous requests.
  200 | 401 | 403) exit 0 ;;
esac
exit 1
