/** A CPU architecture for which kadm installs Kubernetes, as Debian, Go and Kubernetes name it. */
export type Architecture = 'amd64' | 'arm64'

export const ARCHITECTURES: readonly Architecture[] = ['amd64', 'arm64']

/** How the kernel names them (`uname -m`). */
const OF_KERNEL: Readonly<Record<string, Architecture>> = {x86_64: 'amd64', aarch64: 'arm64'}

/** The architecture of a machine by its `uname -m`; undefined for one that kadm does not support. */
export const architectureOf = (kernelName: string): Architecture | undefined => OF_KERNEL[kernelName]

/** The architecture of this name; undefined for any other text. */
export const architectureNamed = (text: unknown): Architecture | undefined => ARCHITECTURES.find(one => one === text)
