import {NAT_RULES, NAT_UNIT, natRules, natUnit} from '../../manifests/nat.ts'
import {sh} from '../../remote/shell/shell.ts'
import {file} from '../../resources/files/file.ts'
import {loadedRules} from '../../resources/network/loaded-rules.ts'
import {unit} from '../../resources/systemd/unit.ts'
import {isGateway} from './firewall.ts'
import type {Phase} from '../phase.ts'

export const natPhase: Phase = {
  name: 'nat',
  title: 'Let other machines reach the internet through this one',
  why: 'a machine with only a private network needs it for packages, images and time synchronization',
  when: ({node, facts}) => {
    if (!isGateway(node)) return 'no NAT ranges are configured for this host'
    return facts.network.defaultRoute === undefined ? 'the host has no default route' : true
  },
  resources: ({node, facts, templates}) => [
    file({
      path: NAT_RULES,
      content: natRules(templates, {ranges: node.host.nat ?? [], outside: facts.network.defaultRoute?.device ?? ''}),
      why: 'traffic of these ranges leaves with the address of this host',
    }),
    file({path: NAT_UNIT, content: natUnit(templates), why: 'adds the rules at every boot'}),
    unit({
      name: 'kadm-nat.service',
      restartWhenNewer: [NAT_RULES, NAT_UNIT],
      why: 'the rules apply now and after a reboot',
    }),
    loadedRules({
      name: 'kadm-nat',
      why: 'reloading your own rule set removes the rules of kadm',
      missing: sh`if ! nft list table ip kadm-nat >/dev/null 2>&1; then echo 'table ip kadm-nat'; fi`,
      load: sh`systemctl reload-or-restart kadm-nat.service`,
      unload: sh`if nft list table ip kadm-nat >/dev/null 2>&1; then nft delete table ip kadm-nat; fi`,
    }),
  ],
}
