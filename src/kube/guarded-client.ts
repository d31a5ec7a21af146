import type {KubeClient} from './client.ts'

/**
 * The same API for a run that may lose the right to change it: `guard` is called before every try of a write, and its rejection
 * ends the write.
 */
export function guardedClient(api: KubeClient, guard: () => Promise<void>): KubeClient {
  const guarded = async <T>(write: () => Promise<T>): Promise<T> => {
    await guard()
    return write()
  }
  const before = guard
  return {
    ...api,
    apply: (object, options) => guarded(() => api.apply(object, {...options, before})),
    create: (object, options) => guarded(() => api.create(object, {...options, before})),
    patch: (path, body, type, options) => guarded(() => api.patch(path, body, type, {...options, before})),
    delete: (path, options) => guarded(() => api.delete(path, {...options, before})),
    raw: call => (call.method === 'GET' ? api.raw(call) : guarded(() => api.raw({...call, before}))),
    exec: (pod, options) => guarded(() => api.exec(pod, options)),
    withTimeouts: times => guardedClient(api.withTimeouts(times), guard),
  }
}
