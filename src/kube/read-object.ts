import {ApiError} from './api-error.ts'
import {isObject, parseJson, type ApiObject} from './json.ts'
import type {Answer, Call} from './requester.ts'

/** The object in an answer; rejects anything else, such as the page of a proxy. */
export function readObject({doing}: Pick<Call, 'doing'>, {status, text}: Answer): ApiObject {
  const value = parseJson(text)
  if (isObject(value)) return value
  throw new ApiError({status, reason: 'NotJson'}, `could not ${doing}: the answer is not a JSON object`, {
    hint: 'check that the address belongs to the API server and not to a proxy for another service',
    evidence: text.slice(0, 300),
  })
}
