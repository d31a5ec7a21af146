/**
 * What `kadm` prints without arguments: the commands, grouped by task. A plain text, so that printing it loads no
 * command.
 */
export const OVERVIEW = `kadm turns bare Ubuntu and Debian machines into a working Kubernetes cluster over SSH.

USAGE
  $ kadm COMMAND [--help]

A FIRST CLUSTER
  lab demo           create three disposable machines here, and a cluster on them
  preflight          check machines, without changing anything
  init               create the first control plane node
  join               add machines to a cluster
  apply              create or update the cluster that kadm.yaml describes
  kubeconfig         fetch the kubeconfig of a cluster and merge it into yours

INSPECT
  plan               show what apply would change, and why
  status             show nodes and components, and whether they work
  verify             test that pods, services and DNS work
  doctor             find out why a machine does not work, with evidence and one fix
  explain            explain what a phase does and why
  phase list         list all phases in order

MAINTAIN
  token create       create a token with which a machine can join; also list, delete
  certs upload       store the certificates of control planes in the cluster; also csr, certificate-key
  etcd members       show the members of etcd, and whether they work; also status, backup, restore, defrag
  backup             save a whole cluster to one file
  restore            bring a cluster back from a backup, on the same machines or on new ones
  repair clones      give cloned machines their own identity
  remove             remove nodes from a cluster, alive or dead
  reset              remove Kubernetes from machines and restore their original state

PREPARE
  config print       print the complete configuration; also validate, migrate, hosts, images, schema
  bundle create      collect binaries and images for machines without internet access; also verify
  lab up             boot disposable machines here; also down, list, ssh, exec, reboot, power, trouble

OTHER
  completion         print a completion script for bash, zsh or fish
  version            print the version of kadm and the Kubernetes versions it installs
  help COMMAND       show the help of a command

To create a cluster on three Ubuntu machines:
  $ kadm init ubuntu@10.0.0.10
  $ kadm join ubuntu@10.0.0.11 ubuntu@10.0.0.12 --to ubuntu@10.0.0.10
`
