/** One field of a protobuf message: a whole number, or bytes (text, a message). Other wire types do not occur here. */
export interface ProtoField {
  readonly number: number
  readonly bytes: Buffer | undefined
  readonly value: bigint | undefined
}

/** The fields of a message, in their order. Ends early where the bytes are not a protobuf message. */
export function* protoFields(message: Buffer): Generator<ProtoField> {
  let at = 0
  const varint = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) return undefined
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    return undefined
  }
  while (at < message.length) {
    const key = varint()
    if (key === undefined) return
    const [number, wire] = [Number(key >> 3n), Number(key & 7n)]
    if (wire === 0) {
      const value = varint()
      if (value === undefined) return
      yield {number, bytes: undefined, value}
    } else if (wire === 2) {
      const length = varint()
      if (length === undefined || at + Number(length) > message.length) return
      yield {number, bytes: message.subarray(at, at + Number(length)), value: undefined}
      at += Number(length)
    } else return
  }
}

/** The bytes of the first field with this number; undefined for a message without it. */
export function protoBytes(message: Buffer | undefined, number: number): Buffer | undefined {
  if (message === undefined) return undefined
  for (const field of protoFields(message)) if (field.number === number) return field.bytes
  return undefined
}

export const protoText = (message: Buffer | undefined, number: number): string | undefined =>
  protoBytes(message, number)?.toString()
