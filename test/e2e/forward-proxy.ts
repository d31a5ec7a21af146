import {createServer, request as ask} from 'node:http'
import {connect} from 'node:net'

export interface ForwardProxy {
  readonly url: string
  /** `METHOD target` of all that went through it. */
  readonly asked: readonly string[]
  readonly close: () => Promise<void>
}

/** A proxy for which every name but an address is the given server: what reaches that by a name went through here. */
export async function forwardProxy(address: string, outside: string): Promise<ForwardProxy> {
  const asked: string[] = []
  const [host = '', port] = outside.split(':')
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    const {pathname, search} = new URL(request.url ?? '/', 'http://none')
    const {headers, method} = request
    const onward = ask({host, port, path: `${pathname}${search}`, method, headers}, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url ?? ''}`)
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  const place = server.address()
  return {
    url: `http://${address}:${typeof place === 'object' && place !== null ? String(place.port) : ''}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
