import {program} from '../../remote/shell/program.ts'
import type {Script} from '../../remote/shell/shell.ts'

/** All slow programs together get this long, each of them at most `EACH_SECONDS`. */
const ALL_SECONDS = 8
const EACH_SECONDS = 3

/** How many different lines one log may give. */
const MOST_LINES = 60

/**
 * Functions that the sections use. `kadm_within` runs a program in what is left of the time; `kadm_clean` takes secrets out;
 * `kadm_distinct` makes lines that differ only in numbers one, with how often and when last: `COUNT TIME TEXT`.
 */
export const evidenceFunctions = (): Script =>
  program('evidence-functions', {
    all_seconds: ALL_SECONDS,
    each_seconds: EACH_SECONDS,
    clean: CLEAN.flatMap(expression => ['-e', expression]),
    most_lines: MOST_LINES,
  })

/** Bootstrap tokens keep their public id. */
const CLEAN = [
  String.raw`s/(^|[^A-Za-z0-9])([a-z0-9]{6})\.[a-z0-9]{16}([^A-Za-z0-9]|$)/\1\2.[secret]\3/g`,
  String.raw`s/(bearer) +[A-Za-z0-9._~+/=-]{12,}/\1 [secret]/Ig`,
  String.raw`s/eyJ[A-Za-z0-9_=-]{10,}(\.[A-Za-z0-9_=-]+)*/[secret]/g`,
  String.raw`s/-----BEGIN [A-Z0-9 ]*PRIVATE KEY.*/[secret]/`,
  String.raw`s/LS0tLS1CRUdJTi[A-Za-z0-9+/=]*/[secret]/g`,
  String.raw`s/((token|password|passwd|secret|certificate-key|client-key-data)[\\"']*[=:] *[\\"']*)[^ \\"',}]+/\1[secret]/Ig`,
  String.raw`s/(--(token|password|[a-z-]*token|certificate-key)[= ] *[\\"']*)[^ \\"',}]+/\1[secret]/g`,
  String.raw`s/([A-Z0-9_]*(TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|KEY)[A-Z0-9_]*=[\\"']*)[^ \\"',}]+/\1[secret]/g`,
  String.raw`s#(://[^/@: ]+:)[^/ ]+@#\1[secret]@#g`,
  String.raw`s#(://)[^/@: ]+@#\1[secret]@#g`,
] as const
