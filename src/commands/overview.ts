/** What `kadm` alone prints: the commands by what a person wants to do. Kept as text so that it needs no command to be loaded. */
export const OVERVIEW = `kadm turns bare Ubuntu and Debian machines into a working Kubernetes cluster over SSH.

USAGE
  $ kadm COMMAND [--help]

A FIRST CLUSTER
  lab demo           make three disposable machines here and a cluster of them
  preflight          check machines before anything is changed
  init               make the first control-plane node
  join               add machines to a cluster
  apply              make a whole cluster as kadm.yaml says, all hosts at once
  kubeconfig         fetch the cluster's kubeconfig and merge it into yours

LOOK
  plan               say what apply would change, and why
  status             nodes and components, and how they are
  verify             prove that pods, services and DNS work
  doctor             find out why a machine does not work, with proof and one fix
  explain            say what a phase does and why
  phase list         every phase, in order

KEEP
  token create       make a token for a machine to join with; also list, delete
  repair clones      give cloned machines an identity of their own
  reset              take machines out and put them back as they were

PREPARE
  config print       the whole configuration with its defaults; also validate, migrate, images, schema
  bundle create      collect binaries and images for machines without internet; also verify
  lab up             disposable machines on this computer; also down, list, ssh, exec, reboot, power, trouble

THE TOOL
  completion         complete kadm's words in bash or zsh
  version            which kadm this is and which Kubernetes it installs
  help COMMAND       the same as COMMAND --help

Three Ubuntu machines, from nothing:
  $ kadm init ubuntu@10.0.0.10
  $ kadm join ubuntu@10.0.0.11 ubuntu@10.0.0.12 --to ubuntu@10.0.0.10
`
