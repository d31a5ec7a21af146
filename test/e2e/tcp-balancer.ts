import {connect, createServer, type Socket} from 'node:net'

export interface TcpBalancer {
  readonly port: number
  readonly close: () => Promise<void>
}

/** A load balancer as a user may have one: passes each connection on to the first of the servers that takes it. */
export async function tcpBalancer(address: string, servers: readonly string[], port: number): Promise<TcpBalancer> {
  const open = new Set<Socket>()
  const pass = (client: Socket, [first, ...rest]: readonly string[]): void => {
    if (first === undefined) {
      client.destroy()
      return
    }
    const onward = connect({host: first, port, timeout: 1000})
    open.add(onward)
    onward.once('close', () => open.delete(onward))
    const next = (): void => {
      onward.destroy()
      pass(client, rest)
    }
    onward.once('error', next)
    onward.once('timeout', next)
    onward.once('connect', () => {
      onward.removeAllListeners('error')
      onward.removeAllListeners('timeout')
      onward.setTimeout(0)
      onward.on('error', () => client.destroy())
      client.on('error', () => onward.destroy())
      onward.pipe(client).pipe(onward)
    })
  }
  const server = createServer(client => {
    open.add(client)
    client.once('close', () => open.delete(client))
    client.on('error', () => client.destroy())
    pass(client, servers)
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  const place = server.address()
  return {
    port: typeof place === 'object' && place !== null ? place.port : 0,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
