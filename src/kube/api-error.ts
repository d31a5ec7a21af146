import {KadmError, type ErrorCode, type ErrorDetails} from '../domain/errors.ts'
import {isObject, listAt, parseJson, textAt} from './json.ts'

/** A refusal of the API server; `status` and `reason` identify it, so that no code compares messages. */
export class ApiError extends KadmError {
  readonly status: number
  /** The API's own word: NotFound, AlreadyExists, Conflict, Forbidden, Invalid, …. */
  readonly reason: string

  constructor(answer: {readonly status: number; readonly reason: string}, message: string, details: ErrorDetails = {}) {
    super(codeFor(answer.status), message, details)
    this.status = answer.status
    this.reason = answer.reason
  }
}

const codeFor = (status: number): ErrorCode => (status === 408 || status === 504 ? 'timeout' : 'remote')

const HINTS: Readonly<Record<string, string>> = {
  Unauthorized:
    'the API server does not accept the credentials: run kadm kubeconfig to fetch the kubeconfig again, or create a new token if this one has expired',
  Forbidden: 'use credentials that have this permission, such as /etc/kubernetes/admin.conf of a control plane',
  Conflict: 'another client changed the object at the same time: run the same command again',
  AlreadyExists: 'delete the existing object or choose another name',
  Invalid: 'correct the field that the API server names',
  NotFound: 'check the name and the namespace',
  TooManyRequests:
    'the API server is busy, or a PodDisruptionBudget does not allow it: run the same command again in a minute',
}

/** The text of a refusal: the API answers with a Status object, or, through proxies and while it starts, with plain text. */
export function apiError(
  doing: string,
  answer: {readonly status: number; readonly text: string},
  host?: string,
): ApiError {
  const status = parseStatus(answer.text)
  const reason = textAt(status, 'reason') ?? REASONS[answer.status] ?? 'Unknown'
  const said = textAt(status, 'message') ?? (answer.text.trim() === '' ? `HTTP ${answer.status}` : answer.text.trim())
  const short = said.length > 500 ? `${said.slice(0, 500)}…` : said
  return new ApiError({status: answer.status, reason}, `could not ${doing}: ${short}`, {
    host,
    hint: HINTS[reason] ?? (answer.status >= 500 ? "run 'kadm doctor' to check the API server" : undefined),
    evidence: causesOf(status),
  })
}

/** The API's reasons, for answers without one. */
const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
}

export const isAlreadyThere = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.reason === 'AlreadyExists'

function parseStatus(text: string): unknown {
  const value = parseJson(text)
  return isObject(value) && value['kind'] === 'Status' ? value : undefined
}

function causesOf(status: unknown): string | undefined {
  const causes = listAt(status, 'details', 'causes').flatMap(cause => {
    const message = textAt(cause, 'message')
    return message === undefined ? [] : [`${textAt(cause, 'field') ?? ''}: ${message}`]
  })
  return causes.length === 0 ? undefined : causes.join('\n')
}
