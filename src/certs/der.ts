import forge from 'node-forge'

declare module 'node-forge' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the options are missing from the types of the library
  namespace asn1 {
    function fromDer(bytes: string, options: {readonly decodeBitStrings: boolean}): Asn1
  }
}

/** The small part of ASN.1 that certificates need, over node-forge's DER reader and writer. */
export type Tree = forge.asn1.Asn1

const {asn1} = forge
const {Class, Type} = asn1

export const sequence = (...items: readonly Tree[]): Tree =>
  asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items])
export const set = (...items: readonly Tree[]): Tree => asn1.create(Class.UNIVERSAL, Type.SET, true, [...items])
export const oid = (dotted: string): Tree =>
  asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
export const octets = (bytes: Uint8Array): Tree => asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, binary(bytes))
export const yes = (): Tree => asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, '\xff')

/** A positive number from its big-endian bytes. */
export function integer(bytes: Uint8Array): Tree {
  const padded = (bytes[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...bytes) : bytes
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, binary(padded))
}

export const bits = (bytes: Uint8Array, unused = 0): Tree =>
  asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unused) + binary(bytes))

/** `[n]`, as a wrapper round other values or as a bare string of bytes. */
export const tagged = (tag: number, content: readonly Tree[] | Uint8Array): Tree =>
  content instanceof Uint8Array
    ? asn1.create(Class.CONTEXT_SPECIFIC, contextTag(tag), false, binary(content))
    : asn1.create(Class.CONTEXT_SPECIFIC, contextTag(tag), true, [...content])

/** PrintableString where the characters allow it, else UTF8String: Go's choice, so that names compare byte for byte. */
export const text = (value: string): Tree =>
  /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
    ? asn1.create(Class.UNIVERSAL, Type.PRINTABLESTRING, false, value)
    : asn1.create(Class.UNIVERSAL, Type.UTF8, false, binary(Buffer.from(value)))

/** RFC 5280: two-digit years up to 2049, four digits after. */
export const time = (date: Date): Tree =>
  date.getUTCFullYear() < 2050
    ? asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date))

export const encode = (tree: Tree): Buffer => Buffer.from(asn1.toDer(tree).getBytes(), 'binary')
// Bit strings stay bytes: node-forge would otherwise open those that look like DER, such as RSA public keys.
export const decode = (der: Uint8Array): Tree => asn1.fromDer(binary(der), {decodeBitStrings: false})

/** The values inside a constructed value; none for a primitive one. */
export const items = (tree: Tree | undefined): readonly Tree[] => (Array.isArray(tree?.value) ? tree.value : [])
/** The bytes of a primitive value; none for a constructed one. */
export const bytesOf = (tree: Tree | undefined): Buffer =>
  typeof tree?.value === 'string' ? Buffer.from(tree.value, 'binary') : Buffer.alloc(0)
export const oidOf = (tree: Tree | undefined): string =>
  asn1.derToOid(forge.util.createBuffer(bytesOf(tree).toString('binary')))
export const isTagged = (tree: Tree, tag: number): boolean =>
  tree.tagClass === Class.CONTEXT_SPECIFIC && tree.type === contextTag(tag)

const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('binary')

// node-forge types every tag as a universal one; context tags are bare numbers.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const contextTag = (tag: number): forge.asn1.Type => tag
