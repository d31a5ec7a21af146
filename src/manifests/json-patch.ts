type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** Applies a JSON patch (RFC 6902); throws for an operation that does not fit the document. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!isList(patch)) throw new Error('a patch of type json must be a list of operations')
  return patch.reduce<unknown>(operate, document)
}

function operate(document: unknown, operation: unknown): unknown {
  if (!isPlain(operation)) throw new Error('an operation must be a mapping with op and path')
  const path = pointer(operation['path'])
  switch (operation['op']) {
    case 'add':
      return add(document, path, operation['value'])
    case 'remove':
      return remove(document, path)
    case 'replace':
      valueAt(document, path)
      return path.length === 0
        ? operation['value']
        : add(removedUnlessList(document, path), path, operation['value'], true)
    case 'move': {
      const from = pointer(operation['from'])
      return add(remove(document, from), path, valueAt(document, from))
    }
    case 'copy':
      return add(document, path, valueAt(document, pointer(operation['from'])))
    case 'test':
      if (JSON.stringify(valueAt(document, path)) !== JSON.stringify(operation['value']))
        throw new Error(`the value at ${String(operation['path'])} is another one`)
      return document
    default:
      throw new Error(`unknown operation '${String(operation['op'])}'`)
  }
}

/** The steps of a JSON pointer (RFC 6901). */
function pointer(text: unknown): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw new Error(`'${String(text)}' is not a path`)
  return text === ''
    ? []
    : text
        .slice(1)
        .split('/')
        .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const indexOf = (list: readonly unknown[], step: string, most: number): number => {
  const index = step === '-' ? list.length : Number(step)
  if (!Number.isInteger(index) || index < 0 || index > most) throw new Error(`the list has no element '${step}'`)
  return index
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (isList(value)) return value[indexOf(value, step, value.length - 1)]
    if (isPlain(value) && Object.hasOwn(value, step)) return value[step]
    throw new Error(`there is no '${step}' in /${path.join('/')}`)
  }, document)
}

function change(
  document: unknown,
  [step, ...rest]: readonly string[],
  act: (parent: unknown, last: string) => unknown,
): unknown {
  if (step === undefined) throw new Error('the whole document cannot be changed so')
  if (rest.length === 0) return act(document, step)
  const child = change(valueAt(document, [step]), rest, act)
  if (isList(document)) return document.with(indexOf(document, step, document.length - 1), child)
  return isPlain(document) ? {...document, [step]: child} : document
}

function add(document: unknown, path: readonly string[], value: unknown, overElement = false): unknown {
  if (path.length === 0) return value
  return change(document, path, (parent, last) => {
    if (isPlain(parent)) return {...parent, [last]: value}
    if (!isList(parent)) throw new Error(`nothing can be added at /${path.join('/')}`)
    return overElement
      ? parent.with(indexOf(parent, last, parent.length - 1), value)
      : parent.toSpliced(indexOf(parent, last, parent.length), 0, value)
  })
}

const removedUnlessList = (document: unknown, path: readonly string[]): unknown =>
  isList(valueAt(document, path.slice(0, -1))) ? document : remove(document, path)

function remove(document: unknown, path: readonly string[]): unknown {
  valueAt(document, path)
  return change(document, path, (parent, last) => {
    if (isList(parent)) return parent.toSpliced(indexOf(parent, last, parent.length - 1), 1)
    return isPlain(parent) ? Object.fromEntries(Object.entries(parent).filter(([key]) => key !== last)) : parent
  })
}
