import type {KubeClient} from '../../kube/client.ts'
import {at, isObject, type ApiObject} from '../../kube/json.ts'
import type {CallOptions} from '../../kube/requester.ts'
import {neededRights, type NeededRight, type Who} from './rights.ts'

/** A right that a part of the cluster lacks. */
export interface LackingRight {
  readonly who: Who
  readonly user: string
  /** `list services`, as kubectl auth can-i takes it. */
  readonly what: string
}

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews'

/** Asks the API what its parts may do. A review is answered and not kept. One that is not answered tells nothing. */
export async function readLackingRights(
  api: KubeClient,
  version: string | undefined,
  options: CallOptions,
): Promise<readonly LackingRight[]> {
  const found = await Promise.all(
    neededRights(version).map(async right => {
      const {json} = await review(api, right, options)
      return at(json, 'status', 'allowed') === false ? [told(right)] : []
    }),
  )
  return found.flat()
}

async function review(
  api: KubeClient,
  {user, groups, verb, group, resource, subresource, namespace, name}: NeededRight,
  options: CallOptions,
): Promise<{readonly json: ApiObject}> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {user, groups, resourceAttributes: {verb, group, resource, subresource, namespace, name}},
  }
  const {status, text} = await api.raw({...options, method: 'POST', path: PATH, body})
  return {json: status === 201 || status === 200 ? parsed(text) : {}}
}

function parsed(text: string): ApiObject {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

const told = ({who, user, verb, resource, subresource, name}: NeededRight): LackingRight => ({
  who,
  user,
  what: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${name === undefined ? '' : ` ${name}`}`,
})
