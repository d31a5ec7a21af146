import type {KubeClient} from '../../kube/client.ts'
import {at, parseJson} from '../../kube/json.ts'
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
      const answer = await review(api, right, options)
      return at(answer, 'status', 'allowed') === false ? [told(right)] : []
    }),
  )
  return found.flat()
}

async function review(
  api: KubeClient,
  {user, groups, verb, group, resource, subresource, namespace, name}: NeededRight,
  options: CallOptions,
): Promise<unknown> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {user, groups, resourceAttributes: {verb, group, resource, subresource, namespace, name}},
  }
  const {status, text} = await api.raw({...options, method: 'POST', path: PATH, body})
  return status === 201 || status === 200 ? parseJson(text) : undefined
}

const told = ({who, user, verb, resource, subresource, name}: NeededRight): LackingRight => ({
  who,
  user,
  what: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${name === undefined ? '' : ` ${name}`}`,
})
