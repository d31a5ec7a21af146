/** The server of a registry: Docker Hub answers at another name than that of its images (containerd's `DefaultHost`). */
export const registryServer = (registry: string): string =>
  registry === 'docker.io' ? 'registry-1.docker.io' : registry
